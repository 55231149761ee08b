package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"

	"github.com/wayflow-go/wayflow/model/modeltest"
)

var update = flag.Bool("update", false, "write the golden parts of the scenarios anew")

// asCommand makes the test binary be the command, for tests that start it themselves.
const asCommand = "WAYFLOW_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		killing()
		main()
	}
	testscript.Main(leakChecked{m}, map[string]func(){"wayflow": main})
}

// leakChecked runs the tests and then looks for goroutines that they left behind.
type leakChecked struct{ m *testing.M }

func (l leakChecked) Run() int {
	code := l.m.Run()
	if code != 0 {
		return code
	}
	// The runtime's own reader of signals stays once a test script has asked for signals.
	if err := goleak.Find(goleak.IgnoreTopFunction("os/signal.signal_recv"), goleak.IgnoreTopFunction("os/signal.loop")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// TestScenarios runs the command as a user does: see testdata/script, one file for each subject.
func TestScenarios(t *testing.T) {
	t.Parallel()
	flows, err := filepath.Abs("testdata/flows")
	if err != nil {
		t.Fatal(err)
	}
	embeddings, models := modeltest.NewServer(t), modeltest.NewServer(t)
	models.Respond(func(r *modeltest.Request) modeltest.Reply { return modeltest.Reply{Text: "I heard: " + r.LastText()} })
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("FLOWS", flows)
			env.Setenv("EMBEDDINGS", embeddings.URL)
			env.Setenv("MODEL", "openai-compatible:m@"+models.URL)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"code": wantCode},
	})
}

// wantCode is `code N COMMAND...`: it runs a command, which must end with the exit code N.
func wantCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N COMMAND...")
	}
	// The shell tells the code, which testscript does not.
	script := `"$@"; code=$?; [ $code = ` + args[0] + ` ] || { echo "exit code $code, want ` + args[0] + `" >&2; exit 1; }`
	ts.Check(ts.Exec("sh", append([]string{"-c", script, "sh"}, args[1:]...)...))
}

// executable is this test, which is the command too.
func executable(tb testing.TB) string {
	tb.Helper()
	path, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	return path
}
