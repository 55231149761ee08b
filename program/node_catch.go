package program

import (
	"slices"

	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

const (
	// caughtBranch and caughtInfo are the branch and the output that Agent Spec gives a node that catches.
	caughtBranch = "caught_exception_branch"
	caughtInfo   = "caught_exception_info"
	// caughtAny is the extension's branch for failures that are not named.
	caughtAny = "default_exception_branch"
)

// catchNode runs a flow and takes a branch of its own when that fails (Agent Spec, "CatchExceptionNode"). What the flow
// would have yielded then has its default, so each output needs one.
func (fc *flowCompiler) catchNode(n *Node, s *spec.CatchExceptionNode) {
	sub := fc.subflow(s.Subflow)
	if sub == nil {
		n.Op = &Unsupported{Kind: "a flow that is missing"}
		return
	}
	branches := append([]string{caughtBranch}, sub.branches()...)
	if slices.Contains(branches[1:], caughtBranch) {
		fc.errorf(at(s, "subflow"), "catch-branch", "rename the branch",
			"flow %q has a branch %q, which %s needs for itself", sub.Name, caughtBranch, nodeName(s))
	}
	outputs := sub.outputs()
	if _, taken := find(outputs, caughtInfo); taken {
		fc.errorf(at(s, "subflow"), "catch-output", "rename the output",
			"flow %q has an output %q, which %s needs for itself", sub.Name, caughtInfo, nodeName(s))
	}
	info := value.Property{
		Title: caughtInfo, Description: "The text of the failure that was caught, if there was one",
		Type: value.Optional(value.StringType), HasDefault: true,
	}
	fc.ports(n, &signature{inputs: sub.inputs(), free: sub.free(), outputs: append(outputs, info), branches: branches, typed: true})
	for i := range n.Outputs {
		if out := &n.Outputs[i]; !out.HasDefault {
			fc.errorf(at(s, "outputs"), "catch-default", "give it the value it has when the flow fails",
				"output %q of %s has no default", out.Title, nodeName(s))
		}
	}
	op := &Catch{RunFlow: runFlow(sub, branches), All: 0}
	op.Fallthrough = max(0, slices.Index(branches, spec.DefaultBranch))
	n.Op = op
}

// pluginCatchNode runs a flow and takes a branch that depends on the kind of failure when that fails.
func (fc *flowCompiler) pluginCatchNode(n *Node, s *spec.PluginCatchExceptionNode) {
	sub := fc.subflow(s.Flow)
	if sub == nil {
		n.Op = &Unsupported{Kind: "a flow that is missing"}
		return
	}
	branches := sub.branches()
	add := func(b string) int {
		if !slices.Contains(branches, b) {
			branches = append(branches, b)
		}
		return slices.Index(branches, b)
	}
	op := &Catch{Named: true, All: -1}
	for _, e := range s.ExceptOn {
		op.Cases = append(op.Cases, CatchCase{Class: e.Key, Branch: add(e.Value)})
	}
	if s.CatchAllExceptions {
		op.All = add(caughtAny)
	}
	op.RunFlow = runFlow(sub, branches)
	text := value.Property{Type: value.AnyType, HasDefault: true, Default: value.String("")}
	outputs := append(sub.outputs(),
		text.WithTitle("exception_name").WithDescription("Name of the exception that was caught"),
		text.WithTitle("exception_payload_name").WithDescription("Payload of the exception that was caught"))
	fc.ports(n, &signature{inputs: sub.inputs(), free: sub.free(), outputs: outputs, branches: branches, typed: true, loose: true})
	n.Op = op
}
