package jinja

func valueFilters() map[string]*filter {
	return map[string]*filter{
		"default": define("default_value? boolean?", filterDefault),
		"d":       define("default_value? boolean?", filterDefault),
		"attr":    define("name", filterAttr),
		"tojson":  define("indent?", filterToJSON),
		"pprint":  define("", filterPrettyPrint),
	}
}

func filterDefault(rt *runtime, in val, args []val) (val, error) {
	_, isUndefined := in.(*undefined)
	if !isUndefined && args[1] != absent {
		boolean, err := rt.truth(args[1])
		if err != nil {
			return nil, err
		}
		if boolean {
			truth, err := rt.truth(in)
			if err != nil {
				return nil, err
			}
			isUndefined = !truth
		}
	}
	if isUndefined {
		return orElse(args[0], ""), nil
	}
	return in, nil
}

func filterAttr(rt *runtime, in val, args []val) (val, error) {
	return rt.access().static(in, args[0])
}
