package jinja

// Filters that order and group, and what they compare by.

import (
	"sort"
	"strings"
)

// foldCase is the key of comparisons that ignore case.
func foldCase(v val) val {
	if s, ok := textOf(v); ok {
		return sameKind(v, lower(s))
	}
	return v
}

// keyFunc returns what items are compared by.
func (rt *runtime) keyFunc(attribute val, caseSensitive bool, fallback val) (keyFunc, error) {
	parts, err := rt.pathParts(attribute)
	return func(item val) (val, error) {
		v, err := rt.access().path(item, parts, fallback)
		if err != nil || caseSensitive {
			return v, err
		}
		return foldCase(v), nil
	}, err
}

// keyFunc returns what an item is compared by.
type keyFunc func(item val) (val, error)

func extreme(op string) func(*runtime, val, []val) (val, error) {
	return func(rt *runtime, in val, args []val) (val, error) {
		next, err := rt.iterate(in)
		if err != nil {
			return nil, err
		}
		best, ok, err := next()
		if err != nil {
			return nil, err
		}
		if !ok {
			return rt.hinted("No aggregated item, sequence was empty."), nil
		}
		caseSensitive, err := rt.flag(args[0], false)
		if err != nil {
			return nil, err
		}
		key, err := rt.keyFunc(orElse(args[1], nil), caseSensitive, nil)
		if err != nil {
			return nil, err
		}
		bestKey, err := key(best)
		if err != nil {
			return nil, err
		}
		err = each(next, func(item val) error {
			k, err := key(item)
			if err != nil {
				return err
			}
			better, err := rt.order(op, k, bestKey)
			if better {
				best, bestKey = item, k
			}
			return err
		})
		return best, err
	}
}

func filterSort(rt *runtime, in val, args []val) (val, error) {
	caseSensitive, err := rt.flag(args[1], false)
	if err != nil {
		return nil, err
	}
	attributes := []val{orElse(args[2], nil)}
	if s, ok := textOf(attributes[0]); ok {
		attributes = nil
		for part := range strings.SplitSeq(s, ",") {
			attributes = append(attributes, part)
		}
	}
	keys := make([]keyFunc, len(attributes))
	for i, a := range attributes {
		if keys[i], err = rt.keyFunc(a, caseSensitive, nil); err != nil {
			return nil, err
		}
	}
	items, err := rt.sorted(in, args[0], func(item val) (val, error) {
		parts := make([]val, len(keys))
		for i, key := range keys {
			var err error
			if parts[i], err = key(item); err != nil {
				return nil, err
			}
		}
		return newList(parts), nil
	})
	return newList(items), err
}

// sorted is Python's sorted(v, key=key, reverse=reverse).
func (rt *runtime) sorted(v, reverse val, key keyFunc) ([]val, error) {
	items, err := rt.collect(v)
	if err != nil {
		return nil, err
	}
	backward := false
	if reverse != absent {
		if !isInt(reverse) {
			if u, ok := reverse.(*undefined); ok {
				return nil, u.fail()
			}
			return nil, typeError("%s object cannot be interpreted as an integer", quote(typeName(reverse)))
		}
		backward, _ = rt.truth(reverse)
	}
	s := &sorter{rt: rt, items: items, keys: make([]val, len(items))}
	for i, item := range items {
		if s.keys[i], err = key(item); err != nil {
			return nil, err
		}
	}
	if backward { // stable in both directions
		s.reverse(0, len(items))
	}
	s.sort()
	if backward {
		s.reverse(0, len(items))
	}
	return s.items, s.err
}

// sorter sorts items by keys, which may turn out not to be comparable. Short lists are compared in the order Python
// does, so that the same error comes first.
type sorter struct {
	rt          *runtime
	items, keys []val
	err         error
}

func (s *sorter) less(a, b val) bool {
	if s.err != nil {
		return false
	}
	if s.err = s.rt.step(1); s.err != nil {
		return false
	}
	less, err := s.rt.order("<", a, b)
	s.err = err
	return less
}

// Len, Less and Swap are for sort.Stable.
func (s *sorter) Len() int { return len(s.items) }

func (s *sorter) Less(i, j int) bool { return s.less(s.keys[i], s.keys[j]) }

func (s *sorter) Swap(i, j int) {
	s.items[i], s.items[j] = s.items[j], s.items[i]
	s.keys[i], s.keys[j] = s.keys[j], s.keys[i]
}

func (s *sorter) reverse(from, to int) {
	for i, j := from, to-1; i < j; i, j = i+1, j-1 {
		s.Swap(i, j)
	}
}

// shortest is the length from which on Python merges runs.
const shortest = 64

func (s *sorter) sort() {
	n := len(s.items)
	if n >= shortest {
		sort.Stable(s)
		return
	}
	if n < 2 {
		return
	}
	run := 2
	if s.less(s.keys[1], s.keys[0]) {
		for run < n && s.less(s.keys[run], s.keys[run-1]) {
			run++
		}
		s.reverse(0, run)
	} else {
		for run < n && !s.less(s.keys[run], s.keys[run-1]) && s.err == nil {
			run++
		}
	}
	for ; run < n && s.err == nil; run++ {
		s.insert(run)
	}
}

// insert puts item i in its place among those before it.
func (s *sorter) insert(i int) {
	low, high := 0, i
	for low < high {
		middle := low + (high-low)/2
		if s.less(s.keys[i], s.keys[middle]) {
			high = middle
		} else {
			low = middle + 1
		}
	}
	item, key := s.items[i], s.keys[i]
	copy(s.items[low+1:i+1], s.items[low:i])
	copy(s.keys[low+1:i+1], s.keys[low:i])
	s.items[low], s.keys[low] = item, key
}

func filterUnique(rt *runtime, in val, args []val) (val, error) {
	return lazily("sync_do_unique", func() (nextFunc, error) {
		caseSensitive, err := rt.flag(args[0], false)
		if err != nil {
			return nil, err
		}
		key, err := rt.keyFunc(orElse(args[1], nil), caseSensitive, nil)
		if err != nil {
			return nil, err
		}
		next, err := rt.iterate(in)
		if err != nil {
			return nil, err
		}
		seen := map[any]bool{}
		return func() (val, bool, error) {
			for {
				item, ok, err := next()
				if err != nil || !ok {
					return nil, false, err
				}
				k, err := key(item)
				if err != nil {
					return nil, false, err
				}
				hash, err := rt.hashKey(k)
				if err != nil {
					return nil, false, err
				}
				if !seen[hash] {
					seen[hash] = true
					return item, true, nil
				}
			}
		}, nil
	}), nil
}

func filterGroupBy(rt *runtime, in val, args []val) (val, error) {
	attribute, fallback := args[0], orElse(args[1], nil)
	caseSensitive, err := rt.flag(args[2], false)
	if err != nil {
		return nil, err
	}
	key, err := rt.keyFunc(attribute, caseSensitive, fallback)
	if err != nil {
		return nil, err
	}
	shown, err := rt.keyFunc(attribute, true, fallback)
	if err != nil {
		return nil, err
	}
	items, err := rt.sorted(in, absent, key)
	if err != nil {
		return nil, err
	}
	var groups []val
	var current *list
	var currentKey val
	for _, item := range items {
		k, err := key(item)
		if err != nil {
			return nil, err
		}
		same := current != nil && identical(k, currentKey)
		if current != nil && !same {
			if same, err = rt.equal(k, currentKey); err != nil {
				return nil, err
			}
		}
		if same {
			current.items = append(current.items, item)
			continue
		}
		name, err := shown(item)
		if err != nil {
			return nil, err
		}
		current, currentKey = newList([]val{item}), k
		groups = append(groups, &tuple{items: []val{name, current}, group: true})
	}
	return newList(groups), rt.items(len(groups))
}

func filterDictSort(rt *runtime, in val, args []val) (val, error) {
	by := orElse(args[1], "key")
	at := -1
	for i, name := range []string{"key", "value"} {
		same, err := rt.equal(by, name)
		if err != nil {
			return nil, err
		}
		if same && at < 0 {
			at = i
		}
	}
	if at < 0 {
		return nil, raise("FilterArgumentError", `You can only sort by either "key" or "value"`)
	}
	d, err := asDict(in, "items")
	if err != nil {
		return nil, err
	}
	items, err := rt.sorted(newList(pairs(d)), args[2], func(item val) (val, error) {
		caseSensitive, err := rt.flag(args[0], false)
		v := item.(*tuple).items[at]
		if err != nil || caseSensitive {
			return v, err
		}
		return foldCase(v), nil
	})
	return newList(items), err
}
