package program

import (
	"slices"
	"strconv"
	"strings"

	"github.com/wayflow-go/wayflow/spec"
	"github.com/wayflow-go/wayflow/value"
)

// signature is what a node has by its own fields, before the document's declarations are looked at. Names are the
// inner ones.
type signature struct {
	inputs   []value.Property
	outputs  []value.Property
	branches []string
	// loose is true for nodes of the extensions: the document may leave out inputs with a default, and outputs that it
	// does not want.
	loose bool
	// open is true where the document may declare whatever outputs it likes; if it declares none, outputs counts.
	open bool
	// hidden names inputs that the document need not declare.
	hidden []string
	// free names inputs that need no value, see [Input.Free].
	free []string
	// typed is true if the outputs always have the types given here.
	typed bool
}

// nextOnly are the branches of most nodes.
var nextOnly = []string{spec.DefaultBranch}

// ports gives a node the inputs, outputs and branches of its signature, as the document declares them.
func (fc *flowCompiler) ports(n *Node, sig *signature) {
	declared := n.Spec.Ports()
	fc.duplicates(n.Spec, "inputs", declared.Inputs)
	fc.duplicates(n.Spec, "outputs", declared.Outputs)
	fc.inputPorts(n, sig, declared.Inputs)
	fc.outputPorts(n, sig, declared.Outputs)
	fc.branches(n, sig.branches)
}

// outerName is what a port is called outside its node.
func outerName(mapping spec.Dict[string], name string) string {
	if outer, ok := mapping.Get(name); ok {
		return outer
	}
	return name
}

func (fc *flowCompiler) inputPorts(n *Node, sig *signature, declared []value.Property) {
	mapping := n.Spec.Node().InputMapping
	slots := map[string]int{}
	titles := propertyTitles(declared)
	for _, p := range sig.inputs {
		name := outerName(mapping, p.Title)
		if i := titles(name); i >= 0 {
			p = declared[i].WithTitle(p.Title)
		} else if declared != nil && !sig.mayOmit(p) {
			fc.errorf(at(n.Spec, "inputs"), "missing-input", "declare it, or leave out inputs so that they are inferred",
				"%s needs the input %q, which its inputs do not list", nodeName(n.Spec), name)
		}
		slot, shared := slots[name]
		if !shared {
			slot = fc.newSlot()
			slots[name] = slot
		}
		n.Inputs = append(n.Inputs, Input{Property: p, Slot: slot, Free: slices.Contains(sig.free, p.Title)})
	}
	for i, d := range declared {
		if _, ok := slots[d.Title]; !ok {
			fc.errorf(at(n.Spec, "inputs", i), "unknown-input", "remove it, or use it in the node",
				"%s declares the input %q, which it does not use", nodeName(n.Spec), d.Title)
		}
	}
	fc.checkMapping(n.Spec, "input_mapping", mapping, sig.inputs)
}

// mayOmit reports whether the document may leave an input out of those it declares.
func (sig *signature) mayOmit(p value.Property) bool {
	return sig.loose && p.HasDefault || slices.Contains(sig.hidden, p.Title) || slices.Contains(sig.free, p.Title)
}

func (fc *flowCompiler) outputPorts(n *Node, sig *signature, declared []value.Property) {
	mapping := n.Spec.Node().OutputMapping
	inferred := sig.outputs
	if sig.open && declared != nil {
		inferred = declared
	}
	titles := propertyTitles(declared)
	for _, p := range inferred {
		out := Output{Property: p.WithTitle(outerName(mapping, p.Title)), Check: !sig.typed}
		if i := titles(out.Title); i >= 0 {
			d := declared[i]
			out.Check = out.Check || value.NeedsCast(p.Type, d.Type)
			out.Property = d
		} else if declared != nil {
			out.Dropped = true
			if !sig.loose {
				fc.errorf(at(n.Spec, "outputs"), "missing-output", "declare it, or leave out outputs so that they are inferred",
					"%s has the output %q, which its outputs do not list", nodeName(n.Spec), out.Title)
			}
		}
		n.Outputs = append(n.Outputs, out)
	}
	known := outputTitles(n.Outputs)
	for i, d := range declared {
		if known(d.Title) < 0 {
			fc.errorf(at(n.Spec, "outputs", i), "unknown-output", "remove it",
				"%s declares the output %q, which it does not have", nodeName(n.Spec), d.Title)
		}
	}
	fc.checkMapping(n.Spec, "output_mapping", mapping, inferred)
}

// checkMapping checks that a mapping only renames what there is.
func (fc *flowCompiler) checkMapping(n spec.Node, field string, mapping spec.Dict[string], ports []value.Property) {
	for _, e := range mapping {
		if _, ok := find(ports, e.Key); !ok {
			fc.errorf(at(n, field, e.Key), "unknown-mapping", "name one of: "+propertyNames(ports),
				"%s of %s renames %q, which the node does not have", field, nodeName(n), e.Key)
		}
	}
}

func (fc *flowCompiler) branches(n *Node, branches []string) {
	n.Branches = branches
	n.Next = slices.Repeat([]int{NoNode}, len(branches))
	declared := n.Spec.Node().Branches
	if declared == nil {
		return
	}
	if len(declared) != len(branches) || slices.ContainsFunc(branches, func(b string) bool { return !slices.Contains(declared, b) }) {
		fc.errorf(at(n.Spec, "branches"), "branches", "list "+quoteAll(branches)+", or leave them out",
			"%s declares the branches %s but has %s", nodeName(n.Spec), quoteAll(declared), quoteAll(branches))
	}
}

// quoteAll lists names for people.
func quoteAll(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = strconv.Quote(name)
	}
	return strings.Join(quoted, ", ")
}

func propertyNames(props []value.Property) string {
	names := make([]string, len(props))
	for i, p := range props {
		names[i] = p.Title
	}
	return quoteAll(names)
}

func outputNames(n *Node) string {
	var names []string
	for i := range n.Outputs {
		if !n.Outputs[i].Dropped {
			names = append(names, n.Outputs[i].Title)
		}
	}
	return quoteAll(names)
}

func inputNames(n *Node) string {
	var names []string
	for i := range n.Inputs {
		names = append(names, outerName(n.Spec.Node().InputMapping, n.Inputs[i].Title))
	}
	return quoteAll(names)
}
