package precision

import (
	"errors"
	"strings"
)

const (
	opens  = "```text\n"
	closes = "```\n"
)

// Block is the first block of text of a Markdown page.
func Block(page string) (string, error) {
	start, end, err := block(page)
	if err != nil {
		return "", err
	}
	return page[start:end], nil
}

// Replace puts a table into the place of the page's first block of text.
func Replace(page, table string) (string, error) {
	start, end, err := block(page)
	if err != nil {
		return "", err
	}
	return page[:start] + table + page[end:], nil
}

func block(page string) (start, end int, err error) {
	start = strings.Index(page, opens)
	if start < 0 {
		return 0, 0, errors.New("the page has no block that opens with ```text")
	}
	start += len(opens)
	length := strings.Index(page[start:], closes)
	if length < 0 {
		return 0, 0, errors.New("the page's block of text does not close")
	}
	return start, start + length, nil
}
