// Package haikuplanner makes requests that are too big for comfort into many that are not, and their answers into one.
package haikuplanner
