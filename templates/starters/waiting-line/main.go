// A waiting line: people take a number, the desk calls the next one, every open page shows it at once.
package main

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

//go:embed page
var page embed.FS

func main() {
	line, err := open("data/line.json")
	if err != nil {
		log.Fatal(err)
	}
	files, err := fs.Sub(page, "page")
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/", http.FileServer(http.FS(files)))
	mux.HandleFunc("/api/line", func(w http.ResponseWriter, r *http.Request) { reply(w, line.state()) })
	mux.HandleFunc("/api/tickets", post(func(w http.ResponseWriter, r *http.Request) {
		ticket, err := line.take(text(r, "name", 40), text(r, "about", 40))
		answer(w, ticket, err)
	}))
	mux.HandleFunc("/api/next", post(func(w http.ResponseWriter, r *http.Request) {
		desk, _ := strconv.Atoi(r.FormValue("desk"))
		ticket, err := line.next(desk)
		answer(w, ticket, err)
	}))
	mux.HandleFunc("/api/leave", post(func(w http.ResponseWriter, r *http.Request) {
		number, _ := strconv.Atoi(r.FormValue("number"))
		answer(w, line.state(), line.leave(number))
	}))
	mux.HandleFunc("/api/events", func(w http.ResponseWriter, r *http.Request) { stream(w, r, line) })

	port := os.Getenv("PORT")
	if port == "" {
		port = "8080"
	}
	log.Printf("Listening at port %s", port)
	server := &http.Server{Addr: "0.0.0.0:" + port, Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	log.Fatal(server.ListenAndServe())
}

// post lets only POST with a small body through.
func post(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			http.Error(w, "Only POST is possible here.", http.StatusMethodNotAllowed)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
		next(w, r)
	}
}

func text(r *http.Request, name string, most int) string {
	words := []rune(strings.Join(strings.Fields(r.FormValue(name)), " "))
	if len(words) > most {
		words = words[:most]
	}
	return string(words)
}

func answer(w http.ResponseWriter, value any, err error) {
	if err != nil {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnprocessableEntity)
		json.NewEncoder(w).Encode(map[string]string{"error": err.Error()})
		return
	}
	reply(w, value)
}

func reply(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	json.NewEncoder(w).Encode(value)
}

// stream sends the whole line now and after every change, and a sign of life every ten seconds.
func stream(w http.ResponseWriter, r *http.Request, line *Line) {
	flusher, ok := w.(http.Flusher)
	if !ok {
		http.Error(w, "This connection cannot stream.", http.StatusNotImplemented)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	changed, stop := line.watch()
	defer stop()
	alive := time.NewTicker(10 * time.Second)
	defer alive.Stop()
	for {
		state, _ := json.Marshal(line.state())
		fmt.Fprintf(w, "data: %s\n\n", state)
		flusher.Flush()
		select {
		case <-changed:
		case <-alive.C:
		case <-r.Context().Done():
			return
		}
	}
}
