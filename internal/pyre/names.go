package pyre

import "strings"

// asciiNames are the names of the printable ASCII characters that are no letters, in order, from the space on.
var asciiNames = strings.Split("SPACE;EXCLAMATION MARK;QUOTATION MARK;NUMBER SIGN;DOLLAR SIGN;PERCENT SIGN;AMPERSAND;APOSTROPHE;LEFT PARENTHES"+
	"IS;RIGHT PARENTHESIS;ASTERISK;PLUS SIGN;COMMA;HYPHEN-MINUS;FULL STOP;SOLIDUS;DIGIT ZERO;DIGIT ONE;DIGIT TWO;DI"+
	"GIT THREE;DIGIT FOUR;DIGIT FIVE;DIGIT SIX;DIGIT SEVEN;DIGIT EIGHT;DIGIT NINE;COLON;SEMICOLON;LESS-THAN SIGN;EQ"+
	"UALS SIGN;GREATER-THAN SIGN;QUESTION MARK;COMMERCIAL AT;;;;;;;;;;;;;;;;;;;;;;;;;;;LEFT SQUARE BRACKET;REVERSE "+
	"SOLIDUS;RIGHT SQUARE BRACKET;CIRCUMFLEX ACCENT;LOW LINE;GRAVE ACCENT;;;;;;;;;;;;;;;;;;;;;;;;;;;LEFT CURLY BRAC"+
	"KET;VERTICAL LINE;RIGHT CURLY BRACKET;TILDE", ";")

// characterNamed finds a printable ASCII character by its Unicode name.
func characterNamed(name string) (rune, bool) {
	for prefix, first := range map[string]byte{"LATIN SMALL LETTER ": 'a', "LATIN CAPITAL LETTER ": 'A'} {
		letter, ok := strings.CutPrefix(name, prefix)
		if ok && len(letter) == 1 && 'A' <= letter[0] && letter[0] <= 'Z' {
			return rune(letter[0] - 'A' + first), true
		}
	}
	for i, known := range asciiNames {
		if known != "" && known == name {
			return rune(' ' + i), true
		}
	}
	return 0, false
}
