import '@mantine/charts/styles.css';
import { LineChart } from '@mantine/charts';

export interface Line { key: string; label: string; color: string; dash: string }

interface Drawn { rows: Record<string, string | number | null>[]; lines: Line[]; height?: number; /** How a value is said; whole numbers otherwise. */ say?: (value: number) => string }

/**
 * The drawing of a time series: lines with dashes of their own, so that they differ without colours. Loaded only where one is shown.
 * Until it has measured itself anew a drawing is as wide as it was, and must not make the page wider than a turned phone.
 */
export default function TimeChart({ rows, lines, height = 280, say }: Drawn) {
  return (
    <div style={{ overflow: 'hidden' }}>
      <LineChart
        h={height} data={rows} dataKey="when" withDots={rows.length < 3} curveType="linear" withLegend={false} strokeWidth={2} gridAxis="x" connectNulls={false}
        lineChartProps={{ accessibilityLayer: false }} xAxisProps={{ minTickGap: 32 }} yAxisProps={{ allowDecimals: say !== undefined, width: say ? 64 : 44 }} {...(say ? { valueFormatter: say } : {})}
        series={lines.map(({ key, label, color, dash }) => ({ name: key, label, color, strokeDasharray: dash }))}
      />
    </div>
  );
}
