import { useEffect, useState } from 'preact/hooks';

/** Where the list, what is open and a panel are seen one at a time; as in layout.css. */
const phone = matchMedia('(width < 45rem)');

/** Whether the window is as narrow as a phone, now and as it changes. */
export function usePhone(): boolean {
  const [isPhone, setPhone] = useState(phone.matches);
  useEffect(() => {
    const changed = (): void => setPhone(phone.matches);
    phone.addEventListener('change', changed);
    return () => phone.removeEventListener('change', changed);
  }, []);
  return isPhone;
}
