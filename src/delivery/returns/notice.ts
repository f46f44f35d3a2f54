export * from './domain/notice.js';
