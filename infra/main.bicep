metadata description = 'FastTrack Eligibility in Azure: a resource group with everything the app needs, and no key in it.'

// Subscription scope: `azd up` makes the resource group and `azd down` removes it with all that is in it.
targetScope = 'subscription'

@description('Name of the environment; it is part of the resource group\'s name and is a tag of every resource.')
@minLength(1)
@maxLength(40)
param environmentName string

@description('Region of everything. It has to offer the Flex Consumption plan: az functionapp list-flexconsumption-locations.')
@metadata({ azd: { type: 'location' } })
param location string

@description('Name of the resource group.')
@maxLength(90)
param resourceGroupName string = 'rg-${environmentName}'

@description('What makes names unique that have to be so in all of Azure.')
@minLength(5)
@maxLength(16)
param nameSuffix string = uniqueString(subscription().id, environmentName, location)

@description('Name of the function app, and the first part of its address.')
@minLength(2)
@maxLength(60)
param functionAppName string = 'func-${nameSuffix}'

@description('Name of the storage account of the Functions host: leases, keys, deployed packages.')
@minLength(3)
@maxLength(24)
param hostStorageName string = 'sthost${nameSuffix}'

@description('Name of the storage account of the product: its tables and queues.')
@minLength(3)
@maxLength(24)
param dataStorageName string = 'stdata${nameSuffix}'

@description('Name of the Service Bus namespace, and the first part of its address.')
@minLength(6)
@maxLength(50)
param serviceBusName string = 'sbns-${nameSuffix}'

@description('Redundancy of the product\'s data. In a region without availability zones give Standard_LRS or Standard_GRS.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param dataStorageSku string = 'Standard_ZRS'

@description('Redundancy of the host\'s storage, which a new deployment makes again.')
@allowed(['Standard_LRS', 'Standard_ZRS'])
param hostStorageSku string = 'Standard_LRS'

@description('Tier of the Service Bus namespace. Basic has neither topics nor duplicate detection.')
@allowed(['Standard', 'Premium'])
param serviceBusSku string = 'Standard'

@description('Memory of an instance in MB.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('The most instances the app may grow to.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Instances that always wait for HTTP calls. None costs nothing at rest, for a cold start after quiet times.')
@minValue(0)
@maxValue(40)
param alwaysReadyHttp int = 0

@description('Spread the instances over availability zones, where the region has them.')
param zoneRedundant bool = false

@description('Days that logs and metrics are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('The most log data taken in a day, in GB. What comes after is lost until the next day, and an alert tells.')
@minValue(1)
param logDailyCapGb int = 5

@description('Days that deleted packages and keys of the host can be brought back.')
@minValue(1)
@maxValue(365)
param hostRetentionDays int = 7

@description('How long an event waits to be handled before it is dead-lettered, and so kept in quarantine (ISO 8601).')
param eventTimeToLive string = 'P14D'

@description('How long a notification waits in a subscription (ISO 8601).')
param notificationTimeToLive string = 'P14D'

@description('E-mail address that alerts go to. Without one they are only seen in the portal.')
param alertEmail string = ''

@description('More messages than this in quarantine raise an alert.')
@minValue(0)
param quarantineLimit int = 0

@description('More failed calls than this in 15 minutes raise an alert.')
@minValue(0)
param failureLimit int = 20

@description('More events waiting than this, for 15 minutes, raise an alert.')
@minValue(1)
param backlogLimit int = 10000

@description('Record traces and metrics by OpenTelemetry. Off by default: it lengthens every cold start.')
param telemetry bool = false

@description('Client id of the Entra app registration that callers sign in to. Empty: function keys instead of app roles.')
param easyAuthClientId string = ''

@description('The source of the notifications. A second deployment with the same customers needs one of its own.')
param notificationsSource string = ''

@description('The oldest released version that may run beside this one, in a slot or after a rollback. Empty: none is older.')
param oldestVersion string = ''

@description('Days after which progress, previews and messages in quarantine that are done are removed.')
@minValue(2)
@maxValue(3650)
param retentionDays int = 30

@description('Of so many messages that went well one is logged. 1 logs all.')
@minValue(1)
@maxValue(1000)
param logOneOf int = 1

@description('How many customers a second a change of rules has decided again at most.')
@minValue(100)
@maxValue(9999)
param customersPerSecond int = 5500

@description('Hours between two counts of all customers.')
@minValue(1)
@maxValue(744)
param surveyHours int = 24

@description('How many approvals an activation or retirement of rules needs. More than 0 needs easyAuthClientId: with keys nobody can approve.')
@minValue(0)
@maxValue(9)
param approvals int = 0

var tags = { 'azd-env-name': environmentName }

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: resourceGroupName
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  name: 'identity'
  scope: group
  params: {
    name: 'id-${nameSuffix}'
    location: location
    tags: tags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  scope: group
  params: {
    nameSuffix: nameSuffix
    location: location
    tags: tags
    retentionDays: logRetentionDays
    dailyCapGb: logDailyCapGb
    appPrincipalId: identity.outputs.principalId
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  scope: group
  params: {
    hostName: hostStorageName
    hostSku: hostStorageSku
    hostRetentionDays: hostRetentionDays
    dataName: dataStorageName
    dataSku: dataStorageSku
    location: location
    tags: tags
    appPrincipalId: identity.outputs.principalId
  }
}

module messaging 'modules/messaging.bicep' = {
  name: 'messaging'
  scope: group
  params: {
    name: serviceBusName
    sku: serviceBusSku
    location: location
    tags: tags
    eventTimeToLive: eventTimeToLive
    notificationTimeToLive: notificationTimeToLive
    appPrincipalId: identity.outputs.principalId
  }
}

// Everything the app is told comes from the outputs of the modules that give its identity the roles, so that it starts
// only when the roles are there.
module app 'modules/app.bicep' = {
  name: 'app'
  scope: group
  params: {
    name: functionAppName
    planName: 'plan-${nameSuffix}'
    location: location
    tags: tags
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    hostStorageName: storage.outputs.hostName
    packageContainerUri: storage.outputs.packageContainerUri
    tableServiceUri: storage.outputs.tableServiceUri
    queueServiceUri: storage.outputs.queueServiceUri
    serviceBusNamespace: messaging.outputs.fullyQualifiedNamespace
    insightsConnectionString: monitoring.outputs.insightsConnectionString
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReadyHttp: alwaysReadyHttp
    zoneRedundant: zoneRedundant
    notificationsSource: notificationsSource
    oldestVersion: oldestVersion
    retentionDays: retentionDays
    logOneOf: logOneOf
    customersPerSecond: customersPerSecond
    surveyHours: surveyHours
    approvals: approvals
    telemetry: telemetry
    easyAuthClientId: easyAuthClientId
  }
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  scope: group
  params: {
    nameSuffix: nameSuffix
    location: location
    tags: tags
    insightsId: monitoring.outputs.insightsId
    serviceBusId: messaging.outputs.id
    email: alertEmail
    quarantineLimit: quarantineLimit
    failureLimit: failureLimit
    backlogLimit: backlogLimit
  }
}

@description('The resource group.')
output AZURE_RESOURCE_GROUP string = group.name

@description('Name of the function app.')
output FUNCTION_APP_NAME string = app.outputs.name

@description('Address of the API.')
output API_URL string = app.outputs.url

@description('Name of the storage account of the tables and queues.')
output DATA_STORAGE_NAME string = storage.outputs.dataName

@description('Host name of the Service Bus namespace.')
output SERVICE_BUS_NAMESPACE string = messaging.outputs.fullyQualifiedNamespace

@description('Queue that producers send events to.')
output EVENTS_QUEUE string = messaging.outputs.eventsQueue

@description('Topic that subscribers take notifications from.')
output NOTIFICATIONS_TOPIC string = messaging.outputs.notificationsTopic

@description('Name of the Application Insights component.')
output INSIGHTS_NAME string = monitoring.outputs.insightsName
