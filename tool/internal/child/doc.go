// Package child is what the tool kinds that run other programs share: ending a program together with all that it
// started, and keeping the end of what it says on its error stream.
package child
