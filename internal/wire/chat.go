package wire

type member struct {
	key        string
	start, end int
}
