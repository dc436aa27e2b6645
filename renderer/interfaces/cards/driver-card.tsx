import type { DriverInfo } from "../../../protocol/interfaces.ts";
import { Card, Pair } from "./card.tsx";

export function DriverCard({
  name,
  driver,
}: {
  readonly name: string;
  readonly driver: DriverInfo | null;
}): React.ReactNode {
  const yes = (value: boolean): string => (value ? "yes" : "no");
  return (
    <Card title="Driver" command={`ethtool -i ${name}`}>
      {driver === null ? (
        <p className="mid">The device has no ethtool operations: nothing is known of its driver.</p>
      ) : (
        <dl className="pairs mono">
          <Pair name="driver">{driver.driver}</Pair>
          <Pair name="version">{driver.version}</Pair>
          <Pair name="firmware-version">{driver.firmwareVersion}</Pair>
          <Pair name="expansion-rom-version">{driver.expansionRomVersion}</Pair>
          <Pair name="bus-info">{driver.busInfo}</Pair>
          <Pair name="supports-statistics">{yes(driver.supportsStatistics)}</Pair>
          <Pair name="supports-test">{yes(driver.supportsTest)}</Pair>
          <Pair name="supports-eeprom-access">{yes(driver.supportsEepromAccess)}</Pair>
          <Pair name="supports-register-dump">{yes(driver.supportsRegisterDump)}</Pair>
          <Pair name="supports-priv-flags">{yes(driver.supportsPrivateFlags)}</Pair>
        </dl>
      )}
    </Card>
  );
}
