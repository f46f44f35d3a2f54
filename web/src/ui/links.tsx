import { Anchor, Button, NavLink, type AnchorProps, type ButtonProps, type NavLinkProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, Ref } from 'react';

type Html<P> = P & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof P> & { ref?: Ref<HTMLAnchorElement> };

/** Links of the router in the looks of the kit; through `createLink`, so that parameters stay typed. */
export const TextLink = createLink((props: Html<AnchorProps>) => <Anchor {...props} />);
export const ButtonLink = createLink((props: Html<ButtonProps>) => <Button component="a" {...props} />);
export const BarLink = createLink((props: Html<NavLinkProps>) => <NavLink component="a" {...props} />);
