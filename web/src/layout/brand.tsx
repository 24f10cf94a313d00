/** The mark and the name. */
export function Brand() {
  return (
    <>
      <svg width="24" height="24" viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="7" fill="#0f6b7e" />
        <path
          d="M6 11.500c3.300 0 3.300 2.600 6.700 2.600S16 11.500 19.300 11.500s3.400 2.600 6.700 2.600M6 18.500c3.300 0 3.300 2.600 6.700 2.600s3.300-2.600 6.600-2.600 3.400 2.600 6.700 2.600"
          fill="none"
          stroke="#fff"
          strokeWidth="2.600"
          strokeLinecap="round"
        />
      </svg>
      <span>Sluice</span>
    </>
  );
}
