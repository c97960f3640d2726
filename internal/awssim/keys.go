package awssim

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/sts"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

// keyring knows whose every access key is.
type keyring struct {
	// role returns ARN and id of the role behind a session.
	role func(partition, account, name string) (arn, id string)
	now  func() time.Time

	mu     sync.Mutex
	keys   map[string]identity
	issued int
}

// identity is a user, or a session of a role.
type identity struct {
	credentials   Credentials
	account       string
	user          string
	role, session string
	expires       time.Time // zero is never
}

func newKeyring(now func() time.Time) *keyring {
	return &keyring{now: now, keys: map[string]identity{}}
}

func (k *keyring) hasUser(account, name string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, who := range k.keys {
		if who.account == account && who.session == "" && who.user == name {
			return true
		}
	}
	return false
}

func (k *keyring) user(account, name string) Credentials {
	return k.add("AKIA", "", identity{account: account, user: name})
}

func (k *keyring) session(account, role, session string) Credentials {
	return k.add("ASIA", "", identity{account: account, role: role, session: session})
}

// Issue makes credentials of a session that AssumeRole opened.
func (k *keyring) Issue(account, role, session string, expires time.Time) sts.Key {
	k.mu.Lock()
	k.issued++
	salt := fmt.Sprint(k.issued)
	k.mu.Unlock()
	return sts.Key(k.add("ASIA", salt, identity{account: account, role: role, session: session, expires: expires}))
}

// add derives the credentials from the identity, so that who asks twice for the
// same gets the same.
func (k *keyring) add(prefix, salt string, who identity) Credentials {
	of := []string{who.account, who.user, who.role, who.session, salt}
	who.credentials = Credentials{
		AccessKeyID:     prefix + derive(16, "key", of...),
		SecretAccessKey: derive(40, "secret", of...),
	}
	if who.session != "" {
		who.credentials.SessionToken = derive(52, "token", of...)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.keys[who.credentials.AccessKeyID] = who
	return who.credentials
}

// authenticate tells who signed a request, and that it was really them.
func (k *keyring) authenticate(r *http.Request, body []byte, sign signature, door protocol) (wire.Caller, *wire.Error) {
	k.mu.Lock()
	who, found := k.keys[sign.key]
	k.mu.Unlock()
	if !found || r.Header.Get("X-Amz-Security-Token") != who.credentials.SessionToken {
		return wire.Caller{}, door.unknownKey()
	}
	if refusal := sign.verify(r, body, who.credentials); refusal != nil {
		return wire.Caller{}, refusal
	}
	if !who.expires.IsZero() && !k.now().Before(who.expires) {
		return wire.Caller{}, door.expired()
	}
	return k.caller(who, sign.region), nil
}

func (k *keyring) caller(who identity, region string) wire.Caller {
	caller := wire.Caller{Partition: partition(region), Account: who.account, Region: region}
	if who.session == "" {
		caller.ARN = "arn:" + caller.Partition + ":iam::" + who.account + ":user/" + who.user
		caller.UserID = "AIDA" + derive(17, "user", who.account, who.user)
		caller.PrincipalARN = caller.ARN
		return caller
	}
	arn, id := k.role(caller.Partition, who.account, who.role)
	caller.ARN = "arn:" + caller.Partition + ":sts::" + who.account + ":assumed-role/" + who.role + "/" + who.session
	caller.UserID = id + ":" + who.session
	caller.PrincipalARN = arn
	return caller
}

// derive makes n characters, in the alphabet of AWS's ids, that are always the
// same for the same parts.
func derive(n int, kind string, parts ...string) string {
	sum := sha256.Sum256([]byte(kind + "\x00" + strings.Join(parts, "\x00")))
	return base32.StdEncoding.EncodeToString(sum[:])[:n]
}
