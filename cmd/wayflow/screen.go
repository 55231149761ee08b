package main

import (
	"io"
	"strings"

	"charm.land/lipgloss/v2"
)

// screen keeps a few lines at the bottom of the terminal up to date, and prints what is final above them. Lines go up
// into the scrollback as they are: nothing is drawn twice, and nothing needs to be taken back.
//
// It asks the terminal nothing, and so leaves no late answer on the prompt of the shell after a short run; that is why
// this is no bubbletea program, which does.
type screen struct {
	out io.Writer
	// size tells the terminal's width and height.
	size func() (width, height int)
	// drawn are the widths of the lines that are drawn and not final.
	drawn []int
	// hidden is true while the cursor is.
	hidden bool
}

// Control sequences.
const (
	beginUpdate = "\x1b[?2026h" // terminals that know it show the whole change at once
	endUpdate   = "\x1b[?2026l"
	hideCursor  = "\x1b[?25l"
	showCursor  = "\x1b[?25h"
	clearBelow  = "\r\x1b[J"
	lineUp      = "\x1b[A"
)

// update prints final text and draws the lines below it anew.
func (s *screen) update(final string, live []string) {
	if final == "" && len(live) == 0 && len(s.drawn) == 0 {
		return
	}
	width, _ := s.size()
	var b strings.Builder
	b.WriteString(beginUpdate)
	if !s.hidden && len(live) > 0 {
		b.WriteString(hideCursor)
		s.hidden = true
	}
	b.WriteString(strings.Repeat(lineUp, s.rows(width)))
	if len(s.drawn) > 0 {
		b.WriteString(clearBelow)
	}
	b.WriteString(final)
	s.drawn = s.drawn[:0]
	for _, line := range live {
		line = lipgloss.NewStyle().MaxWidth(width).Render(line)
		s.drawn = append(s.drawn, lipgloss.Width(line))
		b.WriteString(line)
		b.WriteByte('\n')
	}
	if s.hidden && len(live) == 0 {
		b.WriteString(showCursor)
		s.hidden = false
	}
	b.WriteString(endUpdate)
	_, _ = io.WriteString(s.out, b.String()) // a terminal that is gone ends the process by itself
}

// rows is how many rows the drawn lines take in a terminal of a width, which may have changed since.
func (s *screen) rows(width int) int {
	n := 0
	for _, w := range s.drawn {
		n += max(1, (w+width-1)/max(1, width))
	}
	return n
}
