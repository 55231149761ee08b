package spec

import (
	"fmt"
	"strconv"
	"strings"
)

// Version is a version of Open Agent Spec. Versions compare with < and >. The zero Version is none, which means the
// oldest one, the smallest possible one or the current one as the place says.
type Version uint8

// The versions of Open Agent Spec that documents are read and written in.
const (
	V25_4_1 Version = iota + 1
	V25_4_2
	V26_1_0
	V26_1_2
	V26_3_1

	// Current is the newest version; a document that names none is read as this one.
	Current = V26_3_1
)

var versionTexts = [...]string{"", "25.4.1", "25.4.2", "26.1.0", "26.1.2", "26.3.1"}

// String returns the version as documents write it.
func (v Version) String() string {
	if int(v) < len(versionTexts) {
		return versionTexts[v]
	}
	return "version " + strconv.Itoa(int(v))
}

// Versions returns all versions that can be written, oldest first.
func Versions() []Version { return []Version{V25_4_1, V25_4_2, V26_1_0, V26_1_2, V26_3_1} }

// ParseVersion returns the version that a text in agentspec_version stands for. Versions that are read as another one
// give that other one.
func ParseVersion(text string) (Version, error) {
	v, _, err := readVersion(text)
	return v, err
}

// otherVersions are texts that are no version of ours, and what they are read as; a zero version is refused.
var otherVersions = map[string]struct {
	as   Version
	note string
}{
	"25.3.0": {0, "it is older than the first official version"},
	"25.3.1": {0, "it is older than the first official version"},
	"25.4.0": {V25_4_1, "it is a pre-release"},
	// The documentation of 26.2 was published with this number, and its schema is that of 26.1.2.
	"26.2.0": {V26_1_2, ""},
}

// readVersion is [ParseVersion] with a note where people should know that the version is read as another one.
func readVersion(text string) (v Version, note string, err error) {
	for i, known := range versionTexts[1:] {
		if text == known {
			return Version(i + 1), "", nil
		}
	}
	if other, ok := otherVersions[text]; ok {
		if other.as == 0 {
			return 0, "", fmt.Errorf("version %q is not supported: %s", text, other.note)
		}
		if other.note != "" {
			note = fmt.Sprintf("version %q is read as %s: %s", text, other.as, other.note)
		}
		return other.as, note, nil
	}
	if as := patchOf(text); as != 0 {
		return as, fmt.Sprintf("version %q is unknown and is read as %s", text, as), nil
	}
	return 0, "", fmt.Errorf("%q is no version of agent spec", text)
}

// patchOf returns the newest known version that text, of the same year and number, is a later patch of; 0 if none.
func patchOf(text string) Version {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return 0
	}
	patch, err := strconv.ParseUint(parts[2], 10, 16)
	if err != nil {
		return 0
	}
	series := parts[0] + "." + parts[1] + "."
	for p := int64(patch) - 1; p >= 0 && p > int64(patch)-100; p-- {
		earlier := series + strconv.FormatInt(p, 10)
		for i, known := range versionTexts[1:] {
			if earlier == known {
				return Version(i + 1)
			}
		}
		if other := otherVersions[earlier]; other.as != 0 {
			return other.as
		}
	}
	return 0
}

// versionHelp says which versions there are.
func versionHelp() string {
	return "write one of " + strings.Join(versionTexts[1:], ", ")
}
