using '../main.bicep'

// What `azd up` makes when nothing is chosen but a name and a region.
param environmentName = 'production'
param location = 'swedencentral'
