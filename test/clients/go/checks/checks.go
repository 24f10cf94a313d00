// Package checks runs the checks of a program: a line `ok NAME` or `failed NAME: why` for each.
package checks

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"reflect"
)

// URL is where the server is.
var URL = os.Getenv("SLUICE_URL")

// Check is one of a program.
type Check struct {
	Name string
	Run  func()
}

// All runs the checks one after the other, and ends the program.
func All(checks ...Check) {
	failures := 0
	for _, check := range checks {
		if err := run(check); err != nil {
			failures++
			fmt.Printf("failed %s: %v\n", check.Name, err)
			continue
		}
		fmt.Printf("ok %s\n", check.Name)
	}
	if failures > 0 {
		os.Exit(1)
	}
}

func run(check Check) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("%v", cause)
		}
	}()
	check.Run()
	return nil
}

// Equal fails the check where the two differ.
func Equal(found, wanted any) {
	if !reflect.DeepEqual(found, wanted) {
		panic(fmt.Sprintf("found %#v, wanted %#v", found, wanted))
	}
}

// Must fails the check with an error.
func Must(err error) {
	if err != nil {
		panic(err)
	}
}

// Got is the value of a call, whose error fails the check.
func Got[T any](value T, err error) T {
	Must(err)
	return value
}

// Post sends JSON, as a token where there is one, and reads JSON into the answer.
func Post(path, token string, body, answer any) {
	text := Got(json.Marshal(body))
	request := Got(http.NewRequest(http.MethodPost, URL+path, bytes.NewReader(text)))
	if token != "" {
		request.Header.Set("Authorization", "Token "+token)
	}
	response := Got(http.DefaultClient.Do(request))
	defer response.Body.Close()
	read := Got(io.ReadAll(response.Body))
	if response.StatusCode >= 300 {
		panic(fmt.Sprintf("%s: %d %s", path, response.StatusCode, read))
	}
	if answer != nil {
		Must(json.Unmarshal(read, answer))
	}
}
