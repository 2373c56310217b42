/** The calendars of CF-1.8 (section 4.4.1). */
export type Calendar =
  'standard' | 'proleptic_gregorian' | 'julian' | 'noleap' | 'all_leap' | '360_day' | 'none';
