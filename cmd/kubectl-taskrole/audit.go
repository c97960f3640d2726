package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
)

// auditFlags are those of audit.
type auditFlags struct {
	cluster clusterFlags
	query   query
	forms   []string
}

func newAudit(s streams) *cobra.Command {
	var f auditFlags
	c := &cobra.Command{
		Use:   "audit [TASKROLE]",
		Short: "Print the CloudTrail queries that find what the tasks of a role did",
		Long: `Prints queries, and asks AWS nothing. Amazon ECS gives each task its credentials in a
session that is named after the task's ID, so that CloudTrail tells which task of
which role made a call: userIdentity.sessionContext.sessionIssuer.arn is the role,
and what follows the colon in userIdentity.principalId is the task's ID, the last
part of its ARN. Whoever else may assume the role names a session as they please.

  athena    SQL for a table of a trail's log files, as AWS's page "Create the table
            for CloudTrail logs in Athena" makes it
  insights  CloudWatch Logs Insights, for a trail that writes to a log group
  cli       aws cloudtrail lookup-events with jq: no trail needed, but only
            management events of the last 90 days, of one Region

Reading an object of S3, a message of SQS or an item of DynamoDB are data events: they
are recorded only by a trail that is told to.`,
		Example: `  kubectl taskrole audit -n shop orders-api
  kubectl taskrole audit --role-arn arn:aws:iam::111122223333:role/taskrole/prod/shop/orders-api --form athena --since 2026-01-01
  kubectl taskrole audit -n shop orders-api --task 0123456789abcdef0123456789abcdef --form cli | bash`,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) > 1:
				return usage(errors.New("audit takes the name of one TaskRole"))
			case len(args) == 0 && f.query.RoleARN == "":
				return usage(errors.New("whose? Write `kubectl taskrole audit -n NAMESPACE TASKROLE`, or --role-arn ARN"))
			case len(args) == 1 && f.query.RoleARN != "":
				return usage(fmt.Errorf("--role-arn with the TaskRole %s: write one of them", args[0]))
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			if err := f.query.validate(f.forms); err != nil {
				return usage(err)
			}
			if len(args) == 1 {
				arn, err := f.cluster.roleARN(c.Context(), args[0])
				if err != nil {
					return err
				}
				f.query.RoleARN = arn
			}
			return f.print(s)
		},
	}
	f.register(c)
	return c
}

func (f *auditFlags) register(c *cobra.Command) {
	flags := c.Flags()
	f.cluster.register(flags)
	flags.StringVar(&f.query.RoleARN, "role-arn", "", "ARN of the role, instead of a TaskRole")
	flags.StringVar(&f.query.Task, "task", "", "ID or ARN of one task (default: all of the role)")
	flags.StringVar(&f.query.Since, "since", "", "2006-01-02 or 2006-01-02T15:04:05Z: only from then on")
	flags.StringVar(&f.query.Until, "until", "", "likewise: only before then")
	flags.StringSliceVar(&f.forms, "form", nil, "forms, separated by commas (default all): "+join(forms))
	flags.StringVar(&f.query.Table, "table", "cloudtrail_logs", "table of Athena")
	flags.StringVar(&f.query.Partition, "partition", "", "column of the table that holds the day as 2006/01/02; with --since or --until it spares the scan of all other days")
	flags.StringVar(&f.query.Region, "region", "", "Region for the AWS CLI (default: the CLI's own)")
	flags.SortFlags = false
}

func (f *auditFlags) print(s streams) error {
	text, err := f.query.render(f.forms)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(s.out, text)
	return err
}
