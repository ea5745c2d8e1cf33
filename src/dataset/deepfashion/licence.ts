/** @file The note on the licence of the data, which travels with every data set that is made of it. */

/** Of DeepFashion itself. */
export const deepFashionLicence = `DeepFashion: terms of the data

These lists and boxes come from DeepFashion (Category and Attribute Prediction Benchmark), made by the Multimedia
Laboratory, The Chinese University of Hong Kong: Liu, Luo, Qiu, Wang, Tang, "DeepFashion: Powering Robust Clothes
Recognition and Retrieval with Rich Annotations", CVPR 2016.

Whoever has the data has signed its agreement: non-commercial research only; the data, and parts of it, are not to be
passed on; the photos belong to their owners. That holds for this folder, for pictures made from it (the contact sheet,
too), and has to be considered before a model trained on it is passed on. The agreement itself decides, not this note.

https://mmlab.ie.cuhk.edu.hk/projects/DeepFashion.html
`;

/** Name of the note, in the root of data that bring their own and in every data set made of it. */
export const licenceFile = 'DATA-LICENCE.txt';
