metadata description = 'Storage of the Functions host, and of the packages that are deployed. Neither account takes a key.'

@description('Name of the host\'s account.')
param name string

@description('Name of the account of the packages.')
param packagesName string

@description('Redundancy of both.')
@allowed(['Standard_LRS', 'Standard_ZRS'])
param sku string

@description('Days that deleted blobs can be brought back.')
param retentionDays int

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('Principal id of the identity that the app runs as.')
param appPrincipalId string

@description('Principal id of the identity that packages are deployed by.')
param deployPrincipalId string

@description('Whether the accounts answer over the internet.')
param isPublic bool

var roles = {
  storageBlobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  storageBlobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  storageTableDataContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
}

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

// The host keeps the function keys in here too: what is deleted or written over can be brought back for some days.
resource accountBlobs 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' = {
  parent: account
  name: 'default'
  properties: {
    deleteRetentionPolicy: {
      enabled: true
      days: retentionDays
    }
    containerDeleteRetentionPolicy: {
      enabled: true
      days: retentionDays
    }
  }
}

// An account of its own: what runs cannot change what will run.
resource packages 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: packagesName
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

resource packagesBlobs 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' = {
  parent: packages
  name: 'default'
  properties: {
    deleteRetentionPolicy: {
      enabled: true
      days: retentionDays
    }
    containerDeleteRetentionPolicy: {
      enabled: true
      days: retentionDays
    }
  }
}

resource container 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' = {
  parent: packagesBlobs
  name: 'packages'
  properties: {
    publicAccess: 'None'
  }
}

// Leases, timers' schedules and keys are blobs; what the host tells of its own faults is a table.
resource hostKeepsBlobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, appPrincipalId, roles.storageBlobDataOwner)
  scope: account
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageBlobDataOwner)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource hostKeepsFaults 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, appPrincipalId, roles.storageTableDataContributor)
  scope: account
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageTableDataContributor)
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
  }
}

resource deploymentKeepsPackages 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(packages.id, deployPrincipalId, roles.storageBlobDataContributor)
  scope: packages
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageBlobDataContributor)
    principalId: deployPrincipalId
    principalType: 'ServicePrincipal'
  }
}

@description('Name of the host\'s account.')
output name string = account.name

@description('Name of the account of the packages.')
output packagesName string = packages.name

@description('Address of the container that the app is deployed from.')
output packageContainerUri string = '${packages.properties.primaryEndpoints.blob}${container.name}'
