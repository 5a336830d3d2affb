metadata description = 'Two storage accounts: the host\'s own, and the product\'s tables and queues. Neither takes a key.'

@description('Name of the host\'s account.')
param hostName string

@description('Redundancy of the host\'s account.')
@allowed(['Standard_LRS', 'Standard_ZRS'])
param hostSku string

@description('Days that deleted blobs of the host can be brought back.')
param hostRetentionDays int

@description('Name of the product\'s account.')
param dataName string

@description('Redundancy of the product\'s account.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param dataSku string

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('Principal id of the app\'s identity.')
param appPrincipalId string

var roles = {
  storageBlobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  storageQueueDataContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  storageTableDataContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
}

// The app makes a table or a queue it misses; here they are there from the start.
var tableNames = ['customers', 'partners', 'directory', 'heads', 'attachments', 'upcoming', 'names', 'rules', 'questions', 'work', 'quarantine']
var queueNames = ['eligibility-recompute', 'eligibility-recompute-poison']

resource hostAccount 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: hostName
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: hostSku
  }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: 'Enabled'
  }
}

// The host keeps the function keys in here too: what is deleted or written over can be brought back for some days.
resource hostBlobs 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' = {
  parent: hostAccount
  name: 'default'
  properties: {
    deleteRetentionPolicy: {
      enabled: true
      days: hostRetentionDays
    }
    containerDeleteRetentionPolicy: {
      enabled: true
      days: hostRetentionDays
    }
  }
}

resource packages 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' = {
  parent: hostBlobs
  name: 'packages'
  properties: {
    publicAccess: 'None'
  }
}

resource dataAccount 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: dataName
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: dataSku
  }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: 'Enabled'
  }
}

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2025-06-01' = {
  parent: dataAccount
  name: 'default'
}

resource tables 'Microsoft.Storage/storageAccounts/tableServices/tables@2025-06-01' = [for tableName in tableNames: {
  parent: tableService
  name: tableName
}]

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2025-06-01' = {
  parent: dataAccount
  name: 'default'
}

resource queues 'Microsoft.Storage/storageAccounts/queueServices/queues@2025-06-01' = [for queueName in queueNames: {
  parent: queueService
  name: queueName
}]

// The host's account: leases, timers' schedules, keys and the deployed package are blobs; what the host tells of its
// own faults is a table.
resource hostKeepsBlobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(hostAccount.id, appPrincipalId, roles.storageBlobDataOwner)
  scope: hostAccount
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageBlobDataOwner)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource hostKeepsFaults 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(hostAccount.id, appPrincipalId, roles.storageTableDataContributor)
  scope: hostAccount
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageTableDataContributor)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}

// The product's account: no blobs, so no role for them.
resource appKeepsRows 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(dataAccount.id, appPrincipalId, roles.storageTableDataContributor)
  scope: dataAccount
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageTableDataContributor)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource appPassesMessages 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(dataAccount.id, appPrincipalId, roles.storageQueueDataContributor)
  scope: dataAccount
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageQueueDataContributor)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}

@description('Name of the host\'s account.')
output hostName string = hostAccount.name

@description('Name of the product\'s account.')
output dataName string = dataAccount.name

@description('Address of the container that the app is deployed from.')
output packageContainerUri string = '${hostAccount.properties.primaryEndpoints.blob}${packages.name}'

@description('Address of the tables.')
output tableServiceUri string = dataAccount.properties.primaryEndpoints.table

@description('Address of the queues.')
output queueServiceUri string = dataAccount.properties.primaryEndpoints.queue

@description('The tables.')
output tableNames array = tableNames

@description('The queues, with those the host moves poison messages to.')
output queueNames array = queueNames
