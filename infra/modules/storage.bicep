metadata description = 'The product\'s storage account: its tables and queues. It takes no key.'

@description('Name of the account.')
param name string

@description('Redundancy of the account.')
param sku string

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('Principal id of the identity that the app runs as.')
param appPrincipalId string

@description('Whether the account answers over the internet.')
param isPublic bool

@description('Whether a lock keeps the account from being deleted.')
param isLocked bool

@description('Whether each call is logged, the app\'s own too.')
param isAudited bool

@description('Resource id of the workspace that the log goes to.')
param auditWorkspaceId string

var roles = {
  storageQueueDataContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  storageTableDataContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
}

var calls = [
  { category: 'StorageRead', enabled: true }
  { category: 'StorageWrite', enabled: true }
  { category: 'StorageDelete', enabled: true }
]

// The app makes a table or a queue it misses; here they are there from the start.
var tableNames = ['customers', 'partners', 'directory', 'heads', 'attachments', 'upcoming', 'names', 'rules', 'questions', 'work', 'quarantine']
var queueNames = ['eligibility-recompute', 'eligibility-recompute-poison']

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: sku
  }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: isPublic ? 'Enabled' : 'Disabled'
    networkAcls: {
      bypass: 'None'
      defaultAction: isPublic ? 'Allow' : 'Deny'
    }
  }
}

// All facts are in this account: whoever wants to delete it, or the group it is in, has to take the lock away first.
resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (isLocked) {
  name: 'keep'
  scope: account
  properties: {
    level: 'CanNotDelete'
    notes: 'All facts are here. docs/how-to/deploy.md#take-everything-down says how to keep them.'
  }
}

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2025-06-01' = {
  parent: account
  name: 'default'
}

resource tables 'Microsoft.Storage/storageAccounts/tableServices/tables@2025-06-01' = [for tableName in tableNames: {
  parent: tableService
  name: tableName
}]

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2025-06-01' = {
  parent: account
  name: 'default'
}

resource queues 'Microsoft.Storage/storageAccounts/queueServices/queues@2025-06-01' = [for queueName in queueNames: {
  parent: queueService
  name: queueName
}]

// The product has no blobs, so there is no role for them.
resource appKeepsRows 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, appPrincipalId, roles.storageTableDataContributor)
  scope: account
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageTableDataContributor)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource appPassesMessages 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, appPrincipalId, roles.storageQueueDataContributor)
  scope: account
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageQueueDataContributor)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}

// Who read or changed rows and messages, and who was refused.
resource tableLog 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (isAudited) {
  name: 'audit'
  scope: tableService
  properties: {
    workspaceId: auditWorkspaceId
    logs: calls
  }
}

resource queueLog 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (isAudited) {
  name: 'audit'
  scope: queueService
  properties: {
    workspaceId: auditWorkspaceId
    logs: calls
  }
}

@description('Name of the account.')
output name string = account.name

@description('Address of the tables.')
output tableServiceUri string = account.properties.primaryEndpoints.table

@description('Address of the queues.')
output queueServiceUri string = account.properties.primaryEndpoints.queue
