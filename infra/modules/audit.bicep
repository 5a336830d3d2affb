metadata description = 'What reviewers read: who called what, who was refused. A workspace of its own, so that it cannot use up the log of the alerts.'

@description('What makes names unique.')
param nameSuffix string

@description('Region.')
param location string

@description('Tags.')
param tags object

@description('Days that it is kept.')
param retentionDays int

@description('The most data taken in a day, in GB.')
param dailyCapGb int

@description('Name of the host\'s storage account.')
param hostStorageName string

@description('Name of the storage account of the packages.')
param packageStorageName string

var calls = [
  { category: 'StorageRead', enabled: true }
  { category: 'StorageWrite', enabled: true }
  { category: 'StorageDelete', enabled: true }
]

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: 'audit-${nameSuffix}'
  location: location
  tags: tags
  properties: {
    sku: {
      name: 'PerGB2018'
    }
    retentionInDays: retentionDays
    workspaceCapping: {
      dailyQuotaGb: dailyCapGb
    }
    features: {
      disableLocalAuth: true
    }
  }
}

resource hostAccount 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: hostStorageName

  resource blobs 'blobServices' existing = {
    name: 'default'
  }
}

resource packageAccount 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: packageStorageName

  resource blobs 'blobServices' existing = {
    name: 'default'
  }
}

// Who read keys of functions, and who wrote a package.
resource hostLog 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'audit'
  scope: hostAccount::blobs
  properties: {
    workspaceId: workspace.id
    logs: calls
  }
}

resource packageLog 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'audit'
  scope: packageAccount::blobs
  properties: {
    workspaceId: workspace.id
    logs: calls
  }
}

@description('Resource id of the workspace.')
output workspaceId string = workspace.id
