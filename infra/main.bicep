metadata description = 'FastTrack Eligibility in Azure: a resource group with everything the app needs, and no key in it.'

// Subscription scope: `azd up` makes the resource group and `azd down` removes it with all that is in it.
targetScope = 'subscription'

@description('Name of the environment; it is part of the resource group\'s name and is a tag of every resource.')
@minLength(1)
@maxLength(40)
param environmentName string

@description('Region of everything: one with the Flex Consumption plan. A newer one, by az functionapp list-flexconsumption-locations, is added here.')
@allowed([
  'australiaeast'
  'australiasoutheast'
  'brazilsouth'
  'canadacentral'
  'centralindia'
  'centralus'
  'eastasia'
  'eastus'
  'eastus2'
  'francecentral'
  'germanywestcentral'
  'italynorth'
  'japaneast'
  'koreacentral'
  'northcentralus'
  'northeurope'
  'norwayeast'
  'southafricanorth'
  'southcentralus'
  'southeastasia'
  'southindia'
  'spaincentral'
  'swedencentral'
  'uaenorth'
  'uksouth'
  'ukwest'
  'westcentralus'
  'westeurope'
  'westus'
  'westus2'
  'westus3'
])
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

@description('Name of the storage account of the packages that are deployed.')
@minLength(3)
@maxLength(24)
param packageStorageName string = 'stpack${nameSuffix}'

@description('Name of the storage account of the product: its tables and queues.')
@minLength(3)
@maxLength(24)
param dataStorageName string = 'stdata${nameSuffix}'

@description('Name of the Service Bus namespace, and the first part of its address.')
@minLength(6)
@maxLength(50)
param serviceBusName string = 'sbns-${nameSuffix}'

@description('Redundancy of the product\'s data. Empty: Standard_ZRS, or Standard_GRS in a region without availability zones.')
@allowed(['', 'Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param dataStorageSku string = ''

@description('Redundancy of the storage of host and packages, which a new deployment makes again.')
@allowed(['Standard_LRS', 'Standard_ZRS'])
param hostStorageSku string = 'Standard_LRS'

@description('Tier of the Service Bus namespace. Empty: Standard, or Premium in a private network, which Standard cannot join.')
@allowed(['', 'Standard', 'Premium'])
param serviceBusSku string = ''

@description('What answers over the internet. public: everything, to identities with a role. private-data: the app, but neither storage nor Service Bus. private: nothing.')
@allowed(['public', 'private-data', 'private'])
param networkAccess string = 'public'

@description('Addresses of the private network: a /25 or larger that is free where it will be peered.')
param networkPrefix string = '10.20.0.0/24'

@description('Keep the product\'s data by a lock, which has to be taken away before azd down.')
param lockData bool = true

@description('Log each call of the product\'s tables and queues, the app\'s own too: who read or changed what, and who was refused.')
param auditData bool = true

@description('Days that what reviewers read is kept.')
@minValue(30)
@maxValue(730)
param auditRetentionDays int = 90

@description('The most of it taken in a day, in GB. What comes after is lost until the next day.')
@minValue(1)
param auditDailyCapGb int = 1

@description('Memory of an instance in MB.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('The most instances the app may grow to.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Instances that always wait for HTTP calls. None costs nothing at rest, for a cold start after quiet times. With zoneRedundant none, or at least two.')
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

@description('Client ids, separated by commas, of the apps that may call with a token of their own. People sign in by easyAuthClientId.')
param callerClientIds string = ''

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
param customersPerSecond int = 5600

@description('Hours between two counts of all customers.')
@minValue(1)
@maxValue(744)
param surveyHours int = 24

@description('How many approvals an activation or retirement of rules needs. More than 0 needs easyAuthClientId: with keys nobody can approve.')
@minValue(0)
@maxValue(9)
param approvals int = 0

var tags = { 'azd-env-name': environmentName }

// What the platform would refuse in the middle of a deployment, or what would let nobody in, is refused before it.
var withoutZones = ['australiasoutheast', 'northcentralus', 'southindia', 'ukwest', 'westcentralus', 'westus']
var hasZones = contains(withoutZones, location) == false
var noZones = hasZones == false && (zoneRedundant || endsWith(dataStorageSku, 'ZRS') || hostStorageSku == 'Standard_ZRS')
var oneInstance = zoneRedundant && alwaysReadyHttp == 1
var nobodyApproves = approvals > 0 && empty(easyAuthClientId)
var cannotJoin = networkAccess != 'public' && serviceBusSku == 'Standard'
var zoneFault = noZones ? fail('${location} has no availability zones: leave zoneRedundant, and give storage that is LRS or GRS') : ''
var instanceFault = oneInstance ? fail('zoneRedundant needs alwaysReadyHttp 0, or at least 2') : zoneFault
var approvalFault = nobodyApproves ? fail('approvals needs easyAuthClientId: with keys nobody can approve') : instanceFault
var fault = cannotJoin ? fail('networkAccess ${networkAccess} needs serviceBusSku Premium, or leave it empty') : approvalFault

var dataSku = empty(dataStorageSku) ? (hasZones ? 'Standard_ZRS' : 'Standard_GRS') : dataStorageSku
var busSku = empty(serviceBusSku) ? (networkAccess == 'public' ? 'Standard' : 'Premium') : serviceBusSku

var networkName = 'vnet-${nameSuffix}'
var subnetType = 'Microsoft.Network/virtualNetworks/subnets'
var appSubnetId = resourceId(subscription().subscriptionId, resourceGroupName, subnetType, networkName, 'app')
var endpointSubnetId = resourceId(subscription().subscriptionId, resourceGroupName, subnetType, networkName, 'endpoints')

var blobZone = 'privatelink.blob.${environment().suffixes.storage}'
var tableZone = 'privatelink.table.${environment().suffixes.storage}'
var queueZone = 'privatelink.queue.${environment().suffixes.storage}'
var busZone = 'privatelink.servicebus.windows.net'
var appZone = 'privatelink.azurewebsites.net'
var dataZones = [blobZone, tableZone, queueZone, busZone]
var storageType = 'Microsoft.Storage/storageAccounts'
var endpoints = [
  { name: 'host-blob', type: storageType, resource: hostStorageName, service: 'blob', zone: blobZone }
  { name: 'host-table', type: storageType, resource: hostStorageName, service: 'table', zone: tableZone }
  { name: 'packages-blob', type: storageType, resource: packageStorageName, service: 'blob', zone: blobZone }
  { name: 'data-table', type: storageType, resource: dataStorageName, service: 'table', zone: tableZone }
  { name: 'data-queue', type: storageType, resource: dataStorageName, service: 'queue', zone: queueZone }
  { name: 'messages', type: 'Microsoft.ServiceBus/namespaces', resource: serviceBusName, service: 'namespace', zone: busZone }
]

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  // The fault is empty, or ends everything here with its message.
  name: '${resourceGroupName}${fault}'
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  name: 'identity'
  scope: group
  params: {
    nameSuffix: nameSuffix
    location: location
    tags: tags
  }
}

// First of all that has roles: they take minutes to take effect, and the app is deployed from here. All else comes after.
module host 'modules/host.bicep' = {
  name: 'host'
  scope: group
  params: {
    name: hostStorageName
    packagesName: packageStorageName
    sku: hostStorageSku
    retentionDays: hostRetentionDays
    location: location
    tags: tags
    appPrincipalId: identity.outputs.appPrincipalId
    deployPrincipalId: identity.outputs.deployPrincipalId
    isPublic: networkAccess == 'public'
  }
}

module audit 'modules/audit.bicep' = {
  name: 'audit'
  scope: group
  params: {
    nameSuffix: nameSuffix
    location: location
    tags: tags
    retentionDays: auditRetentionDays
    dailyCapGb: auditDailyCapGb
    hostStorageName: host.outputs.name
    packageStorageName: host.outputs.packagesName
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
    appPrincipalId: identity.outputs.appPrincipalId
    auditWorkspaceId: audit.outputs.workspaceId
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  scope: group
  params: {
    name: dataStorageName
    sku: dataSku
    location: location
    tags: tags
    appPrincipalId: identity.outputs.appPrincipalId
    isPublic: networkAccess == 'public'
    isLocked: lockData
    isAudited: auditData
    auditWorkspaceId: audit.outputs.workspaceId
  }
}

module messaging 'modules/messaging.bicep' = {
  name: 'messaging'
  scope: group
  params: {
    name: serviceBusName
    sku: busSku
    location: location
    tags: tags
    eventTimeToLive: eventTimeToLive
    notificationTimeToLive: notificationTimeToLive
    appPrincipalId: identity.outputs.appPrincipalId
    isPublic: networkAccess == 'public'
    auditWorkspaceId: audit.outputs.workspaceId
  }
}

module net 'modules/network.bicep' = if (networkAccess != 'public') {
  name: 'network'
  scope: group
  params: {
    name: networkName
    nameSuffix: nameSuffix
    location: location
    tags: tags
    addressPrefix: networkPrefix
    zoneNames: networkAccess == 'private' ? concat(dataZones, [appZone]) : dataZones
  }
}

module doors 'modules/endpoint.bicep' = [for each in endpoints: if (networkAccess != 'public') {
  name: 'endpoint-${each.name}'
  scope: group
  params: {
    name: 'pe-${each.name}-${nameSuffix}'
    location: location
    tags: tags
    subnetId: endpointSubnetId
    resourceId: resourceId(subscription().subscriptionId, resourceGroupName, each.type, each.resource)
    service: each.service
    zoneName: each.zone
  }
  dependsOn: [
    net
    host
    storage
    messaging
  ]
}]

// Everything the app is told comes from the outputs of the modules that give its identity the roles, so that it starts
// only when the roles are there; and, in a private network, when the names lead to the endpoints.
module app 'modules/app.bicep' = {
  name: 'app'
  scope: group
  params: {
    name: functionAppName
    planName: 'plan-${nameSuffix}'
    location: location
    tags: tags
    identityId: identity.outputs.appId
    identityClientId: identity.outputs.appClientId
    deployIdentityId: identity.outputs.deployId
    subnetId: networkAccess == 'public' ? '' : appSubnetId
    isPublic: networkAccess != 'private'
    auditWorkspaceId: audit.outputs.workspaceId
    hostStorageName: host.outputs.name
    packageContainerUri: host.outputs.packageContainerUri
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
    callerClientIds: empty(callerClientIds) ? [] : split(callerClientIds, ',')
  }
  dependsOn: [
    doors
  ]
}

module appDoor 'modules/endpoint.bicep' = if (networkAccess == 'private') {
  name: 'endpoint-app'
  scope: group
  params: {
    name: 'pe-app-${nameSuffix}'
    location: location
    tags: tags
    subnetId: endpointSubnetId
    resourceId: app.outputs.id
    service: 'sites'
    zoneName: appZone
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

@description('What the registration has to have among its redirect addresses, for browsers to sign in.')
output SIGN_IN_REDIRECT string = app.outputs.signInRedirect

@description('Name of the storage account of the tables and queues.')
output DATA_STORAGE_NAME string = storage.outputs.name

@description('Host name of the Service Bus namespace.')
output SERVICE_BUS_NAMESPACE string = messaging.outputs.fullyQualifiedNamespace

@description('Queue that producers send events to.')
output EVENTS_QUEUE string = messaging.outputs.eventsQueue

@description('Topic that subscribers take notifications from.')
output NOTIFICATIONS_TOPIC string = messaging.outputs.notificationsTopic

@description('Name of the Application Insights component.')
output INSIGHTS_NAME string = monitoring.outputs.insightsName
