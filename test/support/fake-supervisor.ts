export * from '../../core/testing/index.ts';
