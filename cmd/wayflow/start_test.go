package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// BenchmarkStart runs a flow of one step in a process of its own, from start to end. The bound is 20 ms.
func BenchmarkStart(b *testing.B) {
	binary := filepath.Join(b.TempDir(), "wayflow")
	build := exec.CommandContext(b.Context(), "go", "build", "-buildvcs=false", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, out)
	}
	for b.Loop() {
		run := exec.CommandContext(b.Context(), binary, "run", "testdata/flows/hello.yaml", "--input", "who=Bob", "--format", "json")
		if out, err := run.CombinedOutput(); err != nil {
			b.Fatalf("wayflow run: %v\n%s", err, out)
		}
	}
}
