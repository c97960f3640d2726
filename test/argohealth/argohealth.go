// Package argohealth judges objects by the health scripts of config/argocd as
// Argo CD would.
package argohealth

import (
	"context"
	"fmt"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// timeout is how long Argo CD lets a script run.
const timeout = time.Second

// statuses are what a script may say. Anything else passes through Argo CD as
// Unknown, without an error.
var statuses = map[string]bool{
	"Healthy": true, "Progressing": true, "Degraded": true, "Suspended": true, "Missing": true,
}

// Judge runs a health script over an object, given as decoded from JSON or YAML,
// and returns what it says. It is an error if the script fails, runs for more
// than a second, returns no table, or a status that Argo CD does not know.
//
// The virtual machine is that of Argo CD's util/lua, except that its os library,
// which tells the time, is left out: health follows from the object alone.
func Judge(object map[string]any, script string) (status, message string, err error) {
	vm, err := machine()
	if err != nil {
		return "", "", err
	}
	defer vm.Close()
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	vm.SetContext(ctx)
	vm.SetGlobal("obj", value(vm, object))
	if err := vm.DoString(script); err != nil {
		return "", "", fmt.Errorf("run health script: %w", err)
	}
	result, ok := vm.Get(-1).(*lua.LTable)
	if !ok {
		return "", "", fmt.Errorf("health script returns a %s, not a table", vm.Get(-1).Type())
	}
	status, message = result.RawGetString("status").String(), lua.LVAsString(result.RawGetString("message"))
	if !statuses[status] {
		return "", "", fmt.Errorf("health script returns status %q, which Argo CD does not know", status)
	}
	return status, message, nil
}

// machine opens the libraries that Argo CD opens for scripts of its settings:
// neither string, math, io nor debug.
func machine() (*lua.LState, error) {
	vm := lua.NewState(lua.Options{SkipOpenLibs: true})
	for _, library := range []struct {
		name string
		open lua.LGFunction
	}{
		{lua.LoadLibName, lua.OpenPackage},
		{lua.BaseLibName, lua.OpenBase},
		{lua.TabLibName, lua.OpenTable},
	} {
		open := lua.P{Fn: vm.NewFunction(library.open), Protect: true}
		if err := vm.CallByParam(open, lua.LString(library.name)); err != nil {
			vm.Close()
			return nil, fmt.Errorf("open library %q: %w", library.name, err)
		}
	}
	return vm, nil
}

// value turns a decoded value of JSON or YAML into one of Lua. What neither
// yields, Argo CD takes for nil, and so does this.
func value(vm *lua.LState, v any) lua.LValue {
	switch v := v.(type) {
	case bool:
		return lua.LBool(v)
	case string:
		return lua.LString(v)
	case float64:
		return lua.LNumber(v)
	case int64:
		return lua.LNumber(v)
	case int:
		return lua.LNumber(v)
	case []any:
		list := vm.CreateTable(len(v), 0)
		for _, item := range v {
			list.Append(value(vm, item))
		}
		return list
	case map[string]any:
		table := vm.CreateTable(0, len(v))
		for key, item := range v {
			table.RawSetString(key, value(vm, item))
		}
		return table
	default:
		return lua.LNil
	}
}
