package operator

// Table holds every operator that works, in the order in which they are shown to the planner. Read-only.
var Table = []Operator{
	find{},
	answer{},
	summarize{},
	extract{},
	count{},
	transform{},
	edit{},
	carry{},
	compose{},
	continuing{},
	condense{},
	direct{},
}

// ByName returns the operator of that name; false when Table has none.
func ByName(name string) (Operator, bool) {
	for _, op := range Table {
		if op.Name() == name {
			return op, true
		}
	}
	return nil, false
}
