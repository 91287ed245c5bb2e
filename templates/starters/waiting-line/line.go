package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"time"
)

const (
	desks   = 2
	longest = 200
	shown   = 6
)

// Ticket is one number with whoever holds it. Desk is 0 while they wait.
type Ticket struct {
	Number int       `json:"number"`
	Name   string    `json:"name"`
	About  string    `json:"about"`
	Taken  time.Time `json:"taken"`
	Called time.Time `json:"called"`
	Desk   int       `json:"desk"`
}

// State is what a page shows: who waits, in order, and who was called last, the latest first.
type State struct {
	Waiting []Ticket `json:"waiting"`
	Called  []Ticket `json:"called"`
	Last    int      `json:"last"`
	Minutes int      `json:"minutes"` // what one ticket takes, on average
}

// Line keeps the tickets in memory and in one JSON file.
type Line struct {
	mutex    sync.Mutex
	file     string
	kept     State
	watchers map[chan struct{}]bool
}

func open(file string) (*Line, error) {
	line := &Line{file: file, watchers: map[chan struct{}]bool{}}
	content, err := os.ReadFile(file)
	if err == nil {
		return line, json.Unmarshal(content, &line.kept)
	}
	if !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	now := time.Now().UTC()
	line.kept = State{
		Last:    48,
		Minutes: 9,
		Waiting: []Ticket{
			{Number: 45, Name: "Mirela", About: "Toaster, one side stays cold", Taken: now.Add(-24 * time.Minute)},
			{Number: 46, Name: "Jonas", About: "Zip of a tent", Taken: now.Add(-17 * time.Minute)},
			{Number: 47, Name: "", About: "Radio from 1964", Taken: now.Add(-9 * time.Minute)},
			{Number: 48, Name: "Fatou", About: "Wobbly chair", Taken: now.Add(-2 * time.Minute)},
		},
		Called: []Ticket{
			{Number: 44, Name: "Edgar", About: "Bicycle lamp", Called: now.Add(-3 * time.Minute), Desk: 2},
			{Number: 43, Name: "Lin", About: "Kettle", Called: now.Add(-11 * time.Minute), Desk: 1},
		},
	}
	return line, line.save()
}

func (l *Line) state() State {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	state := l.kept
	state.Waiting = append([]Ticket{}, l.kept.Waiting...)
	state.Called = append([]Ticket{}, l.kept.Called...)
	return state
}

func (l *Line) take(name, about string) (Ticket, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if len(l.kept.Waiting) >= longest {
		return Ticket{}, errors.New("The line is full. Please come back later.")
	}
	l.kept.Last = l.kept.Last%999 + 1
	ticket := Ticket{Number: l.kept.Last, Name: name, About: about, Taken: time.Now().UTC()}
	l.kept.Waiting = append(l.kept.Waiting, ticket)
	return ticket, l.changed()
}

func (l *Line) next(desk int) (Ticket, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if desk < 1 || desk > desks {
		return Ticket{}, errors.New("Choose a desk.")
	}
	if len(l.kept.Waiting) == 0 {
		return Ticket{}, errors.New("Nobody is waiting.")
	}
	ticket := l.kept.Waiting[0]
	ticket.Called, ticket.Desk = time.Now().UTC(), desk
	l.kept.Waiting = l.kept.Waiting[1:]
	l.kept.Called = append([]Ticket{ticket}, l.kept.Called...)
	if len(l.kept.Called) > shown {
		l.kept.Called = l.kept.Called[:shown]
	}
	return ticket, l.changed()
}

func (l *Line) leave(number int) error {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for at, ticket := range l.kept.Waiting {
		if ticket.Number == number {
			l.kept.Waiting = append(l.kept.Waiting[:at:at], l.kept.Waiting[at+1:]...)
			return l.changed()
		}
	}
	return errors.New("This number is not waiting any more.")
}

// watch gives a channel that has something in it after a change, and what ends it.
func (l *Line) watch() (<-chan struct{}, func()) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	watcher := make(chan struct{}, 1)
	l.watchers[watcher] = true
	return watcher, func() {
		l.mutex.Lock()
		defer l.mutex.Unlock()
		delete(l.watchers, watcher)
	}
}

func (l *Line) changed() error {
	for watcher := range l.watchers {
		select {
		case watcher <- struct{}{}:
		default: // it has not looked since the last change: once is enough
		}
	}
	return l.save()
}

// save writes beside the file and renames: a crash leaves the old state or the new one.
func (l *Line) save() error {
	content, err := json.MarshalIndent(l.kept, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(l.file), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(l.file+".part", content, 0o644); err != nil {
		return err
	}
	return os.Rename(l.file+".part", l.file)
}
