package wayflow

// The names that the reference gives to what nobody named, so that documents are the same.
const (
	startName = "__StartStep__"
	endName   = "None End node"
)

func controlName(from, to string) string { return from + "_to_" + to + "_control_flow_edge" }

func dataName(from, output, to, input string) string {
	return from + "_" + output + "_to_" + to + "_" + input + "_data_flow_edge"
}
