package spec_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow/spec"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestFindings loads the documents of testdata/findings.txt and compares what is found with what stands below each.
func TestFindings(t *testing.T) {
	const name = "testdata/findings.txt"
	golden, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	head, files := splitFiles(string(golden))
	for i := 0; i+1 < len(files); i += 2 {
		document, want := files[i], &files[i+1]
		if want.name != document.name+" finds" {
			t.Fatalf("%s is followed by %s", document.name, want.name)
		}
		got := findingsOf(document.text, document.name)
		if *update {
			want.text = got
		}
		if diff := cmp.Diff(want.text, got); diff != "" {
			t.Errorf("findings of %s differ (-want +got):\n%s", document.name, diff)
		}
	}
	if *update {
		for _, f := range files {
			head += "-- " + f.name + " --\n" + f.text
		}
		if err := os.WriteFile(name, []byte(head), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// textFile is a file inside another one, below a line with its name.
type textFile struct{ name, text string }

// splitFiles returns the files in a text, and what stands before them.
func splitFiles(text string) (head string, files []textFile) {
	for line := range strings.Lines(text) {
		name, ok := strings.CutPrefix(line, "-- ")
		if name, ok2 := strings.CutSuffix(name, " --\n"); ok && ok2 {
			files = append(files, textFile{name: name})
		} else if len(files) == 0 {
			head += line
		} else {
			files[len(files)-1].text += line
		}
	}
	return head, files
}

// findingsOf returns all findings of a document, one a line.
func findingsOf(text, name string) string {
	// Files end in a line break, which some documents must not have.
	text = strings.TrimSuffix(text, "<END>\n")
	doc, err := spec.Load([]byte(text), &spec.LoadOptions{File: name})
	if err != nil {
		return err.Error() + "\n"
	}
	if len(doc.Warnings) > 0 {
		return doc.Warnings.Error() + "\n"
	}
	return "no findings\n"
}
