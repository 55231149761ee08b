package program

import "github.com/wayflow-go/wayflow/spec"

// component checks a root that is no flow. Agents and teams load, validate and export; running them comes later, so
// all there is to do is to check the flows inside.
func (c *compiler) component(root spec.Component) {
	c.unsupported(root)
	spec.Walk(root, func(comp spec.Component) bool {
		if f, ok := comp.(*spec.Flow); ok {
			c.flow(f)
			return false
		}
		return true
	})
}
