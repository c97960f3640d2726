package lint

// nearest is the candidate that differs least from the text, if it differs by
// few enough letters to be a slip of the pen: one in each three. Of several the
// first.
func nearest(text string, candidates []string) string {
	const lettersPerSlip = 3
	best, least := "", len(text)/lettersPerSlip+1
	var row []int
	for _, candidate := range candidates {
		if d := len(candidate) - len(text); d >= least || -d >= least {
			continue
		}
		var d int
		if d, row = distance(text, candidate, row); d < least {
			best, least = candidate, d
		}
	}
	return best
}

// distance counts the letters to insert, to drop or to change that make one text
// of the other (Levenshtein's distance); row is its memory, to be used again.
func distance(a, b string, row []int) (int, []int) {
	row = row[:0]
	for j := range len(b) + 1 {
		row = append(row, j)
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := corner
			if a[i] != b[j] {
				change++
			}
			corner = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)], row
}
