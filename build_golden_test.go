package wayflow_test

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wayflow-go/wayflow"
	"github.com/wayflow-go/wayflow/message"
	"github.com/wayflow-go/wayflow/spec"
)

var update = flag.Bool("update", false, "rewrite the golden files")

type username struct {
	Username string `json:"username"`
}

// The tools of the flows below.
var (
	clock = wayflow.Func("get_current_time", "The current time",
		func(context.Context, struct{}) (string, error) { return "noon", nil })
	profile = wayflow.Func("get_user_information", "What is known about a user",
		func(_ context.Context, in username) (map[string]string, error) {
			return map[string]string{"name": in.Username}, nil
		})
	purchases = wayflow.Func("get_user_last_purchases", "What a user bought last",
		func(context.Context, username) ([]map[string]string, error) { return nil, nil })
	check = wayflow.Func("check", "Whether a number is even",
		func(_ context.Context, in struct {
			N int `json:"n"`
		},
		) (bool, error) {
			return in.N%2 == 0, nil
		})
)

var llm = wayflow.VLLM("scripted", "http://127.0.0.1:1/v1")

// built are flows whose documents are compared with those that the reference makes: see scripts/compare-builder, which
// builds the same ones by the same names.
var built = map[string]func() *wayflow.Flow{
	"marketing": func() *wayflow.Flow {
		return wayflow.Sequence("marketing",
			wayflow.Parallel("lookup",
				wayflow.CallTool("time", clock).Output("current_time"),
				wayflow.CallTool("user", profile).Output("user_info"),
				wayflow.CallTool("purchases", purchases).Output("user_purchases"),
			).MaxWorkers(4),
			wayflow.Prompt("write", llm, "{{user_info}} bought {{user_purchases}}; now it is {{current_time}}"),
			wayflow.Say("show", "{{output}}"))
	},
	"parallel_core": func() *wayflow.Flow {
		return wayflow.Sequence("main", wayflow.Parallel("both",
			wayflow.Sequence("one", wayflow.Template("a", "{{x}}!").Output("left")),
			wayflow.Sequence("two", wayflow.Template("b", "{{x}}?").Output("right"))))
	},
	"declared": func() *wayflow.Flow {
		return wayflow.Sequence("main",
			wayflow.Template("first", "{{name}}").Output("text"),
			wayflow.Template("second", "{{text}}{{mark}}"),
			wayflow.Say("show", "{{output}}").NoOutput(),
		).Inputs(wayflow.Port[string]("name"), wayflow.Optional("mark", "!")).Outputs("text")
	},
	"graph": func() *wayflow.Flow {
		start := wayflow.Start("start", wayflow.Port[string]("topic"))
		ask := wayflow.Ask("ask", "About {{topic}}?").Output("answer")
		route := wayflow.Branch("route").On("yes", "go").On("no", "stop")
		gone, stopped := wayflow.Say("gone", "gone"), wayflow.Say("stopped", "stopped").NoOutput()
		done, quit := wayflow.End("done"), wayflow.End("quit").Branch("given up")
		return wayflow.Graph("graph", start, ask, route, gone, stopped, done, quit).
			Edge(start, ask).
			Edge(ask, route).
			Branch(route, "go", gone).
			Branch(route, "stop", stopped).
			Branch(route, "default", ask).
			Edge(gone, done).
			Edge(stopped, quit).
			Data(start, "topic", ask, "topic").
			Data(ask, "answer", route, "next_step_name")
	},
	"conditional": func() *wayflow.Flow {
		source := wayflow.Say("source_step", "{{ value }}")
		fail, success := wayflow.Say("fail_step", "FAIL"), wayflow.Say("success_step", "SUCCESS")
		return wayflow.Graph("Flow", source, fail, success).
			Conditional(source, "output_message", fail,
				wayflow.Case{Value: "success", To: success}, wayflow.Case{Value: "fail", To: fail}).
			Entry(source).
			Finish(fail, success)
	},
	"entry": func() *wayflow.Flow {
		a, b := wayflow.Template("a", "{{x}}").Output("y"), wayflow.Template("b", "{{x}}{{y}}")
		return wayflow.Graph("Flow").Chain(a, b).Entry(a, wayflow.Port[string]("x")).Finish(b)
	},
	"named_branch_input": func() *wayflow.Flow {
		kind := wayflow.Constants("kind").Set("kind", "a").Set("n", 3).Set("on", true).Set("half", 0.5)
		route := wayflow.Branch("route").Input("kind").On("a", "first").On("b", "second")
		first, second := wayflow.Say("one", "{{n}}"), wayflow.Say("two", "two")
		return wayflow.Graph("main", kind, route, first, second).
			Edge(kind, route).
			Branch(route, "first", first).
			Branch(route, "second", second).
			Branch(route, "default", nil).
			Edge(first, nil).
			Edge(second, nil)
	},
	"variables": func() *wayflow.Flow {
		names := wayflow.Variable("names", []string{"zero"})
		count := wayflow.Variable("count", 0)
		return wayflow.Sequence("main",
			wayflow.WriteVariable("add", names).Insert().Input("name"),
			wayflow.WriteVariable("set", count).Input("count"),
			wayflow.ReadVariable("get", names).Output("names"),
			wayflow.Variables("both").Set(count).Merge(names).Get(names).Get(count),
			wayflow.Say("show", "{{names}}"),
		).State(names, count)
	},
	"subflow": func() *wayflow.Flow {
		inner := func() *wayflow.Flow {
			route := wayflow.Branch("route").Input("word").On("x", "left")
			left, right := wayflow.Template("l", "{{word}} l"), wayflow.Template("r", "r")
			return wayflow.Graph("inner", route, left, right).
				Branch(route, "left", left).
				Branch(route, "default", right).
				Edge(left, wayflow.End("going left").Branch("left")).
				Edge(right, wayflow.End("right"))
		}()
		sub := wayflow.SubFlow("sub", inner)
		l, r := wayflow.Say("say_left", "{{output}}"), wayflow.Say("say_right", "no {{output}}")
		return wayflow.Graph("outer", sub, l, r).
			Branch(sub, "left", l).
			Branch(sub, "right", r).
			Edge(l, nil).
			Edge(r, nil)
	},
	"map": func() *wayflow.Flow {
		list := wayflow.Constants("list").Set("words", []string{"a", "b"})
		each := wayflow.Map("each", wayflow.Sequence("shout", wayflow.Template("t", "{{word}}!").Output("loud")))
		return wayflow.Graph("main").Chain(list, each).Data(list, "words", each, "iterated_word")
	},
	"map_over": func() *wayflow.Flow {
		return wayflow.Sequence("main",
			wayflow.Constants("list").Set("users", []map[string]string{{"name": "a"}}).Set("mark", "!"),
			wayflow.Map("each", wayflow.Sequence("shout", wayflow.Template("t", "{{name}}{{mark}}").Output("loud"))).
				Over("users").Unpack("name", ".name"),
			wayflow.ParallelMap("all", wayflow.Sequence("shout2", wayflow.Template("t2", "{{name}}").Output("other"))).
				Over("users").Unpack("name", ".name").MaxWorkers(3))
	},
	"retry": func() *wayflow.Flow {
		retry := wayflow.Retry("again", wayflow.Sequence("try", wayflow.CallTool("check", check).Output("ok")), "ok").Trials(3)
		return wayflow.Graph("main", retry).Branch(retry, "next", wayflow.Say("good", "good")).Branch(retry, "failure", wayflow.Say("bad", "bad"))
	},
	"catch": func() *wayflow.Flow {
		catch := wayflow.Catch("try", wayflow.Sequence("risky", wayflow.CallTool("user", profile).Output("info"))).
			On("ValueError", "bad value").All()
		good, bad := wayflow.Say("good", "{{info}}"), wayflow.Say("bad", "{{exception_name}}")
		return wayflow.Graph("main", catch, good, bad).
			Branch(catch, "next", good).
			Branch(catch, "bad value", bad).
			Branch(catch, "default_exception_branch", bad)
	},
	"tools": func() *wayflow.Flow {
		client := wayflow.ClientTool[username, string]("ask_colleague", "Ask a colleague")
		return wayflow.Sequence("main",
			wayflow.CallTool("silent", profile).Output("info").IgnoreFailures(),
			wayflow.CallTool("renamed", purchases).RenameInput("username", "customer").RenameOutput("tool_output", "bought"),
			wayflow.CallTool("confirmed", clock).Output("time").Confirm(),
			wayflow.UseTool("colleague", client))
	},
	"prompts": func() *wayflow.Flow {
		return wayflow.Sequence("main",
			wayflow.Prompt("named", llm, "Say {{word}}").Output("said"),
			wayflow.Prompt("sent", llm, "Say it").Send(),
			wayflow.Prompt("renamed", llm, "Say {{word}}").RenameInput("word", "said").RenameOutput("output", "third"),
			wayflow.Prompt("structured", llm, "{{third}}").Outputs(wayflow.Port[int]("age"), wayflow.Port[[]string]("pets")))
	},
	"texts": func() *wayflow.Flow {
		return wayflow.Sequence("main",
			wayflow.ChatHistory("history", 4).Skip(1),
			wayflow.ChatHistory("first", 3).First().Types(message.TypeUser).Template("{{chat_history}} of {{user}}").Output("begun"),
			wayflow.Regex("find", "(a+)").Input("begun"),
			wayflow.Regex("find_all", "b").All().Input("output").Output("matches"),
			wayflow.Extract("extract").Take(wayflow.Port[int]("age"), ".age").Input("begun"),
			wayflow.Choice("choose", llm).Option("left", "go left").Option("right", "go right").RenameInput("input", "begun"))
	},
	"datastore": func() *wayflow.Flow {
		type product struct {
			ID    int    `json:"id"`
			Title string `json:"title"`
		}
		shop := wayflow.InMemoryDatastore("shop", wayflow.Port[product]("products"))
		return wayflow.Sequence("main",
			wayflow.CreateEntity("create", shop, "products").RenameInput("entity", "new"),
			wayflow.ListEntities("list", shop, "products").Where("title", "{{wanted}}").Limit(5),
			wayflow.ListEntities("one", shop, "products").Where("id", 1).One().RenameOutput("entities", "first"),
			wayflow.UpdateEntities("change", shop, "products").Where("id", 2).RenameOutput("entities", "changed"),
			wayflow.DeleteEntities("delete", shop, "products").Where("title", "{{wanted}}"))
	},
	"api": func() *wayflow.Flow {
		return wayflow.Sequence("main",
			wayflow.API("get", "GET", "https://example.com/users/{{id}}").
				Query("full", "{{full}}").Header("Accept", "application/json").Allow("https://example.com/").
				Outputs(wayflow.Port[string]("name")),
			wayflow.API("post", "POST", "https://example.com/users").
				Body(map[string]string{"name": "{{name}}"}).Outputs(wayflow.Port[int]("created")))
	},
	"messages": func() *wayflow.Flow {
		return wayflow.Sequence("main",
			wayflow.Ask("wait", ""),
			wayflow.Ask("wait_named", "").Output("second"),
			wayflow.Say("renamed", "{{second}}").Output("third"),
			wayflow.Say("thought", "{{third}}").As(message.TypeThought).NoOutput(),
			wayflow.Ask("rephrased", "What about {{third}}?").Rephrase(llm))
	},
}

// TestBuiltDocuments compares what the builders make with the documents that were compared with the reference.
func TestBuiltDocuments(t *testing.T) {
	t.Parallel()
	for name, flow := range built {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root, err := flow().Component()
			if err != nil {
				t.Fatal(err)
			}
			got, err := spec.Export(root, &spec.ExportOptions{Version: spec.Current})
			if err != nil {
				t.Fatal(err)
			}
			golden(t, filepath.Join("testdata", "build", name+".json"), got)
			again, err := spec.Load(got, nil)
			if err != nil {
				t.Fatalf("load what was exported: %v", err)
			}
			if second, err := spec.Export(again.Root, &spec.ExportOptions{Version: spec.Current}); err != nil || !bytes.Equal(got, second) {
				t.Errorf("loaded and exported again (%v), the document differs:\n%s", err, cmp.Diff(string(got), string(second)))
			}
			if _, err := wayflow.New(root); err != nil {
				t.Errorf("compile: %v", err)
			}
		})
	}
}

func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}
