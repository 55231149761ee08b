// Package arch holds no code. Its tests keep the rooms of this module apart: who may import whom, which libraries a room
// may use, and what a room without input and output may not reach for. The table is at the top of arch_test.go; the
// reasons are in docs/architecture.md.
package arch
