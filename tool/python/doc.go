// Package python binds tools to the functions of a Python file, which one long-lived process serves.
//
//	file, err := python.Open(ctx, "tools.py", nil)
//	if err != nil { … }
//	defer file.Close()
//	lookUp, err := file.Tool("look_up")
//
// [Open] starts the process, which loads the file, so that whatever is wrong with it is found before the first call.
// Calls run at the same time: plain functions on threads of the process, coroutines on its event loop. What functions
// print goes to standard error and disturbs nothing. Functions that wayflowcore's @tool decorates are unwrapped, so
// that tools written for the Python runtime come along unchanged; wayflowcore itself is only needed if the file imports
// it. The process needs Python 3.9 and nothing beyond its standard library.
//
// # Values
//
// Arguments and results keep integers apart from numbers, all digits, and the order of keys; infinities and NaN go through
// as well. What Python's json module cannot write is refused. Of an asynchronous generator the last item is the result.
//
// # Failures
//
// An exception becomes a [tool.Error] whose class is that of the exception, with the traceback in its stack. If the
// process dies, the calls that were in it fail with [tool.ChildProcessError], and the next call starts it again.
//
// A call that is cancelled or runs out of time returns at once. A coroutine is cancelled then; a plain function cannot be
// stopped in Python, so its thread goes on to the end, another one takes its place, and its result is dropped.
//
// A function finds the idempotency key of its call with
//
//	from wayflow_tool import idempotency_key
//
// # The process
//
// It is started lazily only after a crash. Its goroutines are owned by the [File]: [File.Close] ends the process and returns
// when it and they are gone.
package python
