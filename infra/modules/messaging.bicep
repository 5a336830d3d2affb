metadata description = 'Service Bus: the queue events come in by and the topic notifications go out by. It takes no key.'

@description('Name of the namespace.')
param name string

@description('Tier.')
param sku string

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('How long an event waits before it is dead-lettered.')
param eventTimeToLive string

@description('How long a notification waits in a subscription.')
param notificationTimeToLive string

@description('Principal id of the identity that the app runs as.')
param appPrincipalId string

@description('Whether the namespace answers over the internet. Only Premium can do without.')
param isPublic bool

@description('Resource id of the workspace that reviewers read.')
param auditWorkspaceId string

var tiers = {
  Standard: { name: 'Standard', tier: 'Standard' }
  Premium: { name: 'Premium', tier: 'Premium', capacity: 1 }
}
var roles = {
  serviceBusDataOwner: '090c5cfd-751d-490a-894a-3ce6f1109419'
  serviceBusDataSender: '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39'
}

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: name
  location: location
  tags: tags
  sku: tiers[sku]
  properties: {
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    publicNetworkAccess: isPublic ? 'Enabled' : 'Disabled'
  }
}

// No sessions, no duplicate detection: events are registers, order and repetition do not matter to them; and an event
// put back from quarantine is a repetition, which duplicate detection would swallow.
resource events 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' = {
  parent: namespace
  name: 'eligibility-events'
  properties: {
    requiresSession: false
    requiresDuplicateDetection: false
    enablePartitioning: false
    maxDeliveryCount: 5
    lockDuration: 'PT5M'
    defaultMessageTimeToLive: eventTimeToLive
    deadLetteringOnMessageExpiration: true
    maxSizeInMegabytes: 5120
  }
}

// A notification whose acknowledgement was lost is sent again under the same id: within the window only one arrives. Not
// partitioned, because a partitioned topic refuses a batch of several customers' sessions.
resource notifications 'Microsoft.ServiceBus/namespaces/topics@2024-01-01' = {
  parent: namespace
  name: 'eligibility-notifications'
  properties: {
    requiresDuplicateDetection: true
    duplicateDetectionHistoryTimeWindow: 'P7D'
    supportOrdering: true
    enablePartitioning: false
    defaultMessageTimeToLive: notificationTimeToLive
    maxSizeInMegabytes: 5120
  }
}

// A sample: every notification, in order per customer. What nobody takes goes when its time is over; it is not
// dead-lettered, so that a sample left alone raises no alert.
resource all 'Microsoft.ServiceBus/namespaces/topics/subscriptions@2024-01-01' = {
  parent: notifications
  name: 'all'
  properties: {
    requiresSession: true
    maxDeliveryCount: 10
    lockDuration: 'PT1M'
    defaultMessageTimeToLive: notificationTimeToLive
    deadLetteringOnMessageExpiration: false
  }
}

// Owner, of this queue alone: Receiver may not read the queue's length, by which the platform adds instances.
resource appOwnsEvents 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(events.id, appPrincipalId, roles.serviceBusDataOwner)
  scope: events
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.serviceBusDataOwner)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource appSendsNotifications 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(notifications.id, appPrincipalId, roles.serviceBusDataSender)
  scope: notifications
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.serviceBusDataSender)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}

// Who managed it, who was refused; on Premium also who sent and received.
resource log 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'audit'
  scope: namespace
  properties: {
    workspaceId: auditWorkspaceId
    logs: [
      { categoryGroup: 'allLogs', enabled: true }
    ]
  }
}

@description('Resource id of the namespace.')
output id string = namespace.id

@description('Host name of the namespace.')
output fullyQualifiedNamespace string = split(split(namespace.properties.serviceBusEndpoint, '://')[1], ':')[0]

@description('The queue of events.')
output eventsQueue string = events.name

@description('The topic of notifications.')
output notificationsTopic string = notifications.name
