import QRCode from 'qrcode'

/** Blank modules around a code, without which scanners do not find it (ISO/IEC 18004). */
const quiet = 4

/** A QR code of an address as a picture of one path: always black on white, whatever the colours of the page. */
export function QrCode({ address, title }: { address: string; title: string }) {
  const { size, data } = QRCode.create(address, { errorCorrectionLevel: 'M' }).modules
  let path = ''
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      if (data[row * size + column] !== 1) continue
      let end = column + 1
      while (end < size && data[row * size + end] === 1) end += 1
      path += `M${column + quiet} ${row + quiet}h${end - column}v1h-${end - column}z`
      column = end
    }
  }
  const side = size + 2 * quiet
  return (
    <svg class="qr" viewBox={`0 0 ${side} ${side}`} width="132" height="132" role="img" aria-label={title}>
      <rect width={side} height={side} fill="#fff" />
      <path d={path} fill="#000" shape-rendering="crispEdges" />
    </svg>
  )
}
