package main

// A noise makes a worker careless, by its seed.
type noise struct{ seed uint64 }

func (n *noise) reply(_ sight, good upstreamReply) upstreamReply { return good }
