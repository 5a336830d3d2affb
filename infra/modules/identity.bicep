metadata description = 'Two identities: what the app is while it runs, and what the platform takes its package by.'

@description('What makes names unique.')
param nameSuffix string

@description('Region.')
param location string

@description('Tags.')
param tags object

// Assigned by us and not by the platform: they are there before the app, so that roles can be too.
resource app 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-${nameSuffix}'
  location: location
  tags: tags
}

resource deployment 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-deploy-${nameSuffix}'
  location: location
  tags: tags
}

@description('Resource id of the identity that the app runs as.')
output appId string = app.id

@description('Client id of it: what the app names when it asks for a token.')
output appClientId string = app.properties.clientId

@description('Principal id of it: what roles are given to.')
output appPrincipalId string = app.properties.principalId

@description('Resource id of the identity that packages are deployed by.')
output deployId string = deployment.id

@description('Principal id of it.')
output deployPrincipalId string = deployment.properties.principalId
