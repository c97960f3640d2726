package setup

// Possible are all options that are not refused, of these outputs, with every set
// of modes that makes a difference: what a reader of all scripts wants to see.
func Possible(outputs ...Output) []Options {
	modes := [][]NetworkMode{
		{Bridge}, {Host}, {AWSVPC}, {Default}, {Bridge, Host}, {Bridge, AWSVPC}, {Host, AWSVPC},
		{Default, AWSVPC}, {Bridge, Host, AWSVPC},
	}
	options := []Options{{}}
	options = each(options, Values.OS, func(o *Options, v OS) { o.OS = v })
	options = each(options, Values.LaunchType, func(o *Options, v LaunchType) { o.LaunchType = v })
	options = each(options, modes, func(o *Options, v []NetworkMode) { o.NetworkModes = v })
	options = each(options, Values.AMI, func(o *Options, v AMI) { o.AMI = v })
	options = each(options, append(Values.Firewall, ""), func(o *Options, v Firewall) { o.Firewall = v })
	options = each(options, append(Values.Distribution, ""), func(o *Options, v Distribution) { o.Distribution = v })
	options = each(options, append(Values.IMDS, ""), func(o *Options, v IMDS) { o.IMDS = v })
	options = each(options, []string{"", "production"}, func(o *Options, v string) { o.Cluster = v })
	options = each(options, outputs, func(o *Options, v Output) { o.Output = v })
	possible := options[:0]
	for _, o := range options {
		if o.Validate() == nil {
			possible = append(possible, o)
		}
	}
	return possible
}

// each multiplies the options by the values.
func each[T any](options []Options, values []T, set func(*Options, T)) []Options {
	out := make([]Options, 0, len(options)*len(values))
	for _, o := range options {
		for _, v := range values {
			set(&o, v)
			out = append(out, o)
		}
	}
	return out
}
