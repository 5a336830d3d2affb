metadata description = 'Alerts: what somebody has to look at. docs/how-to/operate.md says what each means and what to do.'

@description('What makes names unique.')
param nameSuffix string

@description('Region of the rules that ask the logs.')
param location string

@description('Tags.')
param tags object

@description('Resource id of the Application Insights component.')
param insightsId string

@description('Resource id of the Service Bus namespace.')
param serviceBusId string

@description('E-mail address that alerts go to; empty for none.')
param email string

@description('More messages than this in quarantine raise an alert.')
param quarantineLimit int

@description('More failed calls than this in 15 minutes raise an alert.')
param failureLimit int

@description('More events waiting than this, for 15 minutes, raise an alert.')
param backlogLimit int

var receivers = empty(email) ? [] : [{ name: 'operator', emailAddress: email, useCommonAlertSchema: true }]

resource operators 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${nameSuffix}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'eligibility'
    enabled: true
    emailReceivers: receivers
  }
}

// The app empties the dead letters into its quarantine; what stays there for a quarter of an hour, nobody takes.
resource deadLetters 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'dead-letters-${nameSuffix}'
  location: 'global'
  tags: tags
  properties: {
    description: 'Dead-lettered messages stay on a queue or subscription. docs/how-to/operate.md#dead-letters'
    severity: 1
    enabled: true
    scopes: [
      serviceBusId
    ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'stay'
          metricNamespace: 'Microsoft.ServiceBus/namespaces'
          metricName: 'DeadletteredMessages'
          timeAggregation: 'Minimum'
          operator: 'GreaterThan'
          threshold: 0
          dimensions: [
            {
              name: 'EntityName'
              operator: 'Include'
              values: [
                '*'
              ]
            }
          ]
        }
      ]
    }
    actions: [
      {
        actionGroupId: operators.id
      }
    ]
  }
}

resource backlog 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'backlog-${nameSuffix}'
  location: 'global'
  tags: tags
  properties: {
    description: 'Events wait longer than the app takes to handle them. docs/how-to/operate.md#backlog'
    severity: 2
    enabled: true
    scopes: [
      serviceBusId
    ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'wait'
          metricNamespace: 'Microsoft.ServiceBus/namespaces'
          metricName: 'ActiveMessages'
          timeAggregation: 'Minimum'
          operator: 'GreaterThan'
          threshold: backlogLimit
          dimensions: [
            {
              name: 'EntityName'
              operator: 'Include'
              values: [
                'eligibility-events'
              ]
            }
          ]
        }
      ]
    }
    actions: [
      {
        actionGroupId: operators.id
      }
    ]
  }
}

// A topic takes nothing more when it is full: a subscription that nobody reads fills it.
resource topicFull 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'topic-full-${nameSuffix}'
  location: 'global'
  tags: tags
  properties: {
    description: 'The topic of notifications is nearly full: a subscription is not read. docs/how-to/operate.md#topic-nearly-full'
    severity: 1
    enabled: true
    scopes: [
      serviceBusId
    ]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT1H'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'full'
          metricNamespace: 'Microsoft.ServiceBus/namespaces'
          metricName: 'Size'
          timeAggregation: 'Average'
          operator: 'GreaterThan'
          threshold: 4294967296 // of 5 GB
          dimensions: [
            {
              name: 'EntityName'
              operator: 'Include'
              values: [
                'eligibility-notifications'
              ]
            }
          ]
        }
      ]
    }
    actions: [
      {
        actionGroupId: operators.id
      }
    ]
  }
}

resource quarantine 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: 'quarantine-${nameSuffix}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'Quarantine'
    description: 'Messages wait in quarantine for somebody to look at them. docs/how-to/operate.md#messages-in-quarantine'
    severity: 2
    enabled: true
    scopes: [
      insightsId
    ]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT15M'
    autoMitigate: true
    skipQueryValidation: true // before the app has logged anything there is no table to ask
    criteria: {
      allOf: [
        {
          query: '''
            traces
            | where message startswith '{"what":"quarantine counted"'
            | project timestamp, kept = tolong(parse_json(message).kept)
          '''
          metricMeasureColumn: 'kept'
          timeAggregation: 'Maximum'
          operator: 'GreaterThan'
          threshold: quarantineLimit
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: [
        operators.id
      ]
    }
  }
}

// Calls that raised or answered 5xx. What a caller did wrong (4xx) is not among them.
resource failures 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: 'failures-${nameSuffix}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'Failures'
    description: 'Many calls fail: a dependency does not answer, or a release is broken. docs/how-to/operate.md#failures'
    severity: 1
    enabled: true
    scopes: [
      insightsId
    ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    skipQueryValidation: true // before the app has logged anything there is no table to ask
    criteria: {
      allOf: [
        {
          query: '''
            requests
            | where success == false and resultCode !startswith '4'
            | project timestamp, calls = itemCount
          '''
          metricMeasureColumn: 'calls'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: failureLimit
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: [
        operators.id
      ]
    }
  }
}

// An unexpected exception in a route: the caller is answered, so the call itself need not count as failed.
resource unexpected 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: 'unexpected-${nameSuffix}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'Unexpected failures'
    description: 'A route failed in a way that it does not expect: a fault of the app. docs/how-to/operate.md#unexpected-failures'
    severity: 2
    enabled: true
    scopes: [
      insightsId
    ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    skipQueryValidation: true // before the app has logged anything there is no table to ask
    criteria: {
      allOf: [
        {
          query: '''
            traces
            | where message startswith '{"what":"request failed"'
          '''
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: [
        operators.id
      ]
    }
  }
}

resource stalled 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: 'stalled-${nameSuffix}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'Stalled work'
    description: 'A notification or a fan-out has waited for more than half an hour. docs/how-to/operate.md#stalled-work'
    severity: 2
    enabled: true
    scopes: [
      insightsId
    ]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT15M'
    autoMitigate: true
    skipQueryValidation: true // before the app has logged anything there is no table to ask
    criteria: {
      allOf: [
        {
          query: '''
            traces
            | where message startswith '{"what":"outboxes swept"' or message startswith '{"what":"fan-outs swept"'
            | project timestamp, oldestSeconds = todouble(parse_json(message).oldestSeconds)
          '''
          metricMeasureColumn: 'oldestSeconds'
          timeAggregation: 'Maximum'
          operator: 'GreaterThan'
          threshold: 1800
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: [
        operators.id
      ]
    }
  }
}

// The platform's metric of Storage queues is of the account and comes once an hour; the app's timer counts each queue.
resource waiting 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: 'waiting-${nameSuffix}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'Waiting messages'
    description: 'A message of a Storage queue has waited for more than half an hour: nothing takes it. docs/how-to/operate.md#waiting-messages'
    severity: 2
    enabled: true
    scopes: [
      insightsId
    ]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT15M'
    autoMitigate: true
    skipQueryValidation: true // before the app has logged anything there is no table to ask
    criteria: {
      allOf: [
        {
          query: '''
            traces
            | where message startswith '{"what":"queue counted"'
            | project timestamp, oldestSeconds = todouble(parse_json(message).oldestSeconds)
          '''
          metricMeasureColumn: 'oldestSeconds'
          timeAggregation: 'Maximum'
          operator: 'GreaterThan'
          threshold: 1800
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: [
        operators.id
      ]
    }
  }
}

resource repeated 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: 'repeated-${nameSuffix}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'Repeated failures'
    description: 'Timers fail at the same work again and again. docs/how-to/operate.md#repeated-failures'
    severity: 2
    enabled: true
    scopes: [
      insightsId
    ]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT6H'
    autoMitigate: true
    skipQueryValidation: true // before the app has logged anything there is no table to ask
    criteria: {
      allOf: [
        {
          query: '''
            traces
            | where message startswith '{"what":"erasure stays"' or message startswith '{"what":"question stays"' or message startswith '{"what":"row is not settled"' or message startswith '{"what":"retention stops"'
          '''
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 5
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: [
        operators.id
      ]
    }
  }
}

// A timer logs this line every two minutes. Without it nothing runs, or nothing is logged and no other alert can come.
resource silence 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: 'silence-${nameSuffix}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'Silence'
    description: 'The timers tell nothing: the app does not run, or its logs do not arrive. docs/how-to/operate.md#silence'
    severity: 1
    enabled: true
    scopes: [
      insightsId
    ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    skipQueryValidation: true // before the app has logged anything there is no table to ask
    criteria: {
      allOf: [
        {
          query: '''
            traces
            | where message startswith '{"what":"quarantine counted"'
          '''
          timeAggregation: 'Count'
          operator: 'LessThan'
          threshold: 1
          failingPeriods: {
            numberOfEvaluationPeriods: 2
            minFailingPeriodsToAlert: 2
          }
        }
      ]
    }
    actions: {
      actionGroups: [
        operators.id
      ]
    }
  }
}
