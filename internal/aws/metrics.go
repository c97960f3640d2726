package aws

import (
	"cmp"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics count attempts, not calls: an attempt is what AWS throttles.
type metrics struct {
	requests  *prometheus.CounterVec
	throttles *prometheus.CounterVec
	duration  *prometheus.HistogramVec
}

// newMetrics registers the metrics; without a registerer there are none.
func newMetrics(registerer prometheus.Registerer) (*metrics, error) {
	if registerer == nil {
		return nil, nil
	}
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "taskrole_aws_requests_total",
			Help: "Requests to AWS, each attempt counted, by service, operation and code: OK, AWS's error code, or the class of an error to which AWS gave none.",
		}, []string{"service", "operation", "code"}),
		throttles: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "taskrole_aws_throttles_total",
			Help: "Requests that AWS refused because there were too many, by service.",
		}, []string{"service"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "taskrole_aws_request_duration_seconds",
			Help: "Time that an attempt took, without the wait for the rate budget, by service and operation.",
			// From a read nearby to the default deadline of an attempt.
			Buckets: []float64{.025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"service", "operation"}),
	}
	for _, c := range []prometheus.Collector{m.requests, m.throttles, m.duration} {
		if err := registerer.Register(c); err != nil {
			return nil, fmt.Errorf("metrics of AWS calls: %w", err)
		}
	}
	return m, nil
}

func (m *metrics) observe(service, operation string, took time.Duration, err error) {
	if m == nil {
		return
	}
	code := "OK"
	if err != nil {
		f := Explain(err)
		code = cmp.Or(f.Code, string(f.Class))
		if f.Class == Throttled {
			m.throttles.WithLabelValues(service).Inc()
		}
	}
	m.requests.WithLabelValues(service, operation, code).Inc()
	m.duration.WithLabelValues(service, operation).Observe(took.Seconds())
}
