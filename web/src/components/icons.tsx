/** The few drawings that there are, each beside a word or under a label of its own. */
import type { ReactNode } from 'react';

const draw = (content: ReactNode) =>
  function Icon() {
    return (
      <svg
        width="16"
        height="16"
        viewBox="0 0 16 16"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
      >
        {content}
      </svg>
    );
  };

export const KeyIcon = draw(<path d="M9.500 8.500 14 4M12 6l1.500 1.500M8 10.500a2.750 2.750 0 1 1-5.500 0 2.750 2.750 0 0 1 5.500 0Z" />);
export const BucketIcon = draw(
  <path d="M2.500 4.500h11l-1.200 8a1.200 1.200 0 0 1-1.200 1H4.900a1.200 1.200 0 0 1-1.200-1l-1.200-8ZM4 4.500a4 3 0 0 1 8 0" />,
);
export const QueryIcon = draw(<path d="M2 12.500 6 7l3 3 5-6.500" />);
export const TaskIcon = draw(<path d="M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 4.800V8l2.300 1.800" />);
export const DashboardIcon = draw(<path d="M2.500 2.500h5v6h-5zM2.500 11h5v2.500h-5zM10 2.500h3.500V5H10zM10 7.500h3.500v6H10z" />);
export const TableIcon = draw(<path d="M2.500 3.500h11v9h-11zM2.500 6.500h11M2.500 9.500h11M6.500 3.500v9" />);
export const ChartIcon = draw(<path d="M2.500 2.500v11h11M5 10l2.500-3 2 1.500L13 4.500" />);
export const AgentIcon = draw(<path d="M3 4.500h10v7H3zM5.500 14h5M8 11.500V14M5.500 8h1.300l1-2 1.200 3.500.8-1.500h.7" />);
export const VariableIcon = draw(<path d="M4.500 3C3 5 3 11 4.500 13M11.500 3C13 5 13 11 11.500 13M6.300 6l3.400 4M9.700 6l-3.400 4" />);
export const PeopleIcon = draw(
  <path d="M8 7.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5ZM3 13.500c0-2.500 2.200-3.800 5-3.800s5 1.300 5 3.800" />,
);
export const AuditIcon = draw(<path d="M4 2.500h8v11l-2-1.300-2 1.300-2-1.300-2 1.300zM6.300 5.500h3.400M6.300 8.500h3.400" />);
export const AboutIcon = draw(<path d="M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 7.300v3.700M8 5v.2" />);
export const PencilIcon = draw(<path d="m3 13 .6-2.700 7-7a1.200 1.200 0 0 1 1.700 0l.4.4a1.200 1.200 0 0 1 0 1.700l-7 7L3 13Z" />);
export const TrashIcon = draw(<path d="M3 4.500h10M6.500 4.500V3h3v1.500M4.500 4.500l.5 9h6l.5-9M6.800 7v4M9.200 7v4" />);
export const CopyIcon = draw(<path d="M5.500 5.500v-3h8v8h-3M2.500 5.500h8v8h-8z" />);
export const CheckIcon = draw(<path d="m3 8.500 3.200 3.200L13 5" />);
export const MenuIcon = draw(<path d="M2.500 4.500h11M2.500 8h11M2.500 11.500h11" />);
export const CrossIcon = draw(<path d="m4 4 8 8M12 4l-8 8" />);
export const ChevronIcon = draw(<path d="m4.500 6.500 3.500 3.500 3.500-3.500" />);
export const PlusIcon = draw(<path d="M8 3v10M3 8h10" />);
export const DotsIcon = draw(<path d="M3.500 8h.01M8 8h.01M12.500 8h.01" strokeWidth="2.200" />);
export const SearchIcon = draw(<path d="m13.500 13.500-3-3M7 11.500a4.500 4.500 0 1 0 0-9 4.500 4.500 0 0 0 0 9Z" />);
export const PlayIcon = draw(<path d="M4.500 3v10l8-5-8-5Z" />);
export const DownloadIcon = draw(<path d="M8 2.500v8M4.800 7.500 8 10.700l3.200-3.200M3 13.500h10" />);
