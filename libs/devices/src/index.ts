export { DeviceExport } from './inventory/device-export.ts';
export { DeviceImport } from './inventory/device-import.ts';
export { DeviceService, type DeviceAudit } from './inventory/device.service.ts';
export {
  EndpointSealer,
  endpointSecretPlace,
  type SecretSealer,
} from './inventory/endpoint-sealer.ts';
export { OverviewService, type JobLister } from './inventory/overview.service.ts';
export { ProtocolCatalog } from './inventory/protocol-catalog.ts';
export { SavedViewService } from './inventory/saved-view.service.ts';
export { addressPolicy } from './execution/address-policy.ts';
export {
  DeviceOperationExecutor,
  type SecretOpener,
} from './execution/device-operation-executor.ts';
export { commandKeyOf } from './execution/execution-context.ts';
