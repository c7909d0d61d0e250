// Reads a dashboard of Grafana from stdin. Exits 1 and says why if a property that Grafana needs is
// missing, or if one has a wrong type or is unknown.
package main

import (
	"fmt"
	"io"
	"os"

	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

func main() {
	plugins.RegisterDefaultPlugins()
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		fail(err)
	}
	var read dashboard.Dashboard
	fail(read.UnmarshalJSONStrict(text))
	fail(read.Validate())
}

// The library returns an empty list of errors, which is not nil, if there is none.
func fail(err error) {
	if err == nil || err.Error() == "" {
		return
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
