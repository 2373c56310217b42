/**
 * Readies tfjs-core: gradients are registered, which it leaves to its users, and its advice on the console (to install
 * another backend) is turned off. Both are global, however many copies of tfjs-core a process has loaded.
 */
import { enableProdMode } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';

enableProdMode();
