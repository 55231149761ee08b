package program

import "github.com/wayflow-go/wayflow/value"

// manyPorts is how many ports are indexed by their titles rather than searched: a parallel node may have thousands.
const manyPorts = 16

// titles finds the first of n titles that is equal to another; -1 if none is.
type titles func(title string) int

func titlesOf(n int, title func(i int) string) titles {
	if n < manyPorts {
		return func(wanted string) int {
			for i := range n {
				if title(i) == wanted {
					return i
				}
			}
			return -1
		}
	}
	index := make(map[string]int, n)
	for i := n - 1; i >= 0; i-- {
		index[title(i)] = i
	}
	return func(wanted string) int {
		if i, ok := index[wanted]; ok {
			return i
		}
		return -1
	}
}

func propertyTitles(props []value.Property) titles {
	return titlesOf(len(props), func(i int) string { return props[i].Title })
}

func outputTitles(outs []Output) titles {
	return titlesOf(len(outs), func(i int) string { return outs[i].Title })
}

// nodeTitles are the titles of the ports of a node, as they are called outside.
type nodeTitles struct{ inputs, outputs titles }

// titles returns those of a node whose ports are all known.
func (fc *flowCompiler) titles(n *Node) nodeTitles {
	if t, ok := fc.known[n]; ok {
		return t
	}
	mapping := n.Spec.Node().InputMapping
	t := nodeTitles{
		inputs:  titlesOf(len(n.Inputs), func(i int) string { return outerName(mapping, n.Inputs[i].Title) }),
		outputs: outputTitles(n.Outputs),
	}
	if len(n.Inputs) >= manyPorts || len(n.Outputs) >= manyPorts {
		fc.known[n] = t
	}
	return t
}
