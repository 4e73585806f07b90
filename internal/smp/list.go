package smp

// List is a list_head that readers walk without a lock (include/linux/rculist.h).
// The zero List is empty.
type List[T any] struct {
	first Shared[*Node[T]]
	last  *Node[T]
}

// Node links Owner into one List.
type Node[T any] struct {
	Owner *T
	next  Shared[*Node[T]]
	prev  *Node[T]
	in    *List[T]
}

// AddRCU is list_add_rcu: n becomes the first entry. The node is whole before
// it is published, and the yield point p comes after publication.
func (l *List[T]) AddRCU(b *Bus, n *Node[T], p Point) {
	first := l.first.val
	n.in, n.prev = l, nil
	n.next.val = first
	if first != nil {
		first.prev = n
	} else {
		l.last = n
	}
	WriteOnce(b, &l.first, n, p)
}

// DelRCU is list_del_rcu: n leaves the list but keeps its next pointer, so a
// reader that stands on n still reaches the older entries.
func (l *List[T]) DelRCU(b *Bus, n *Node[T], p Point) {
	if n.in != l {
		return
	}
	next := n.next.val
	if next != nil {
		next.prev = n.prev
	} else {
		l.last = n.prev
	}
	prev := n.prev
	n.prev, n.in = nil, nil
	if prev != nil {
		WriteOnce(b, &prev.next, next, p)
		return
	}
	WriteOnce(b, &l.first, next, p)
}

// FirstOrNil is list_first_or_null_rcu.
func (l *List[T]) FirstOrNil(b *Bus, p Point) *T {
	return owner(ReadOnce(b, &l.first, p))
}

// Next is the entry after n, or nil where the kernel's walk would meet the
// list head.
func (n *Node[T]) Next(b *Bus, p Point) *T {
	return owner(ReadOnce(b, &n.next, p))
}

// Len counts the entries; the caller holds the writers' lock.
func (l *List[T]) Len() int {
	n := 0
	for e := l.first.val; e != nil; e = e.next.val {
		n++
	}
	return n
}

// All returns the entries, newest first; the caller holds the writers' lock.
func (l *List[T]) All() []*T {
	var all []*T
	for e := l.first.val; e != nil; e = e.next.val {
		all = append(all, e.Owner)
	}
	return all
}

func owner[T any](n *Node[T]) *T {
	if n == nil {
		return nil
	}
	return n.Owner
}
